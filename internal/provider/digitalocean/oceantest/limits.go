package oceantest

import (
	"net/http"
	"strconv"
	"time"
)

// Rate is how many calls are answered in any hour, in any minute, and how many
// lists of keys in any minute. 0 stands for DigitalOcean's 5000, 250 and 10; a
// negative number for no limit.
type Rate struct {
	Hour, Minute, Keys int
}

// Private

type limits struct {
	hour, minute, keys window
}

func newLimits(rate Rate) limits {
	return limits{
		hour:   window{span: time.Hour, limit: or(rate.Hour, 5000)},
		minute: window{span: time.Minute, limit: or(rate.Minute, 250)},
		keys:   window{span: time.Minute, limit: or(rate.Keys, 10)},
	}
}

func or(number, otherwise int) int {
	if number == 0 {
		return otherwise
	}
	return number
}

// limited refuses a call that is one too many, and else counts it. Only a burst
// is told how long to wait.
func (c *call) limited() *answer {
	burst := []*window{&c.limits.minute}
	if c.pattern == "GET /v2/account/keys" {
		burst = append(burst, &c.limits.keys)
	}
	for _, w := range burst {
		if w.full(c.now) {
			refused := refuse(http.StatusTooManyRequests, "")
			refused.header.Set("Retry-After", seconds(w.reset(c.now).Sub(c.now)))
			return refused
		}
	}
	if c.limits.hour.full(c.now) {
		return refuse(http.StatusTooManyRequests, "API Rate limit exceeded.")
	}
	for _, w := range append(burst, &c.limits.hour) {
		w.add(c.now)
	}
	return nil
}

// rateHeaders tells how much of the hour is left, unless a fault has told it.
func (c *call) rateHeaders(a *answer) {
	hour := &c.limits.hour
	a.header.Set("Ratelimit-Limit", strconv.Itoa(max(0, hour.limit)))
	if a.header.Get("Ratelimit-Reset") == "" {
		a.header.Set("Ratelimit-Remaining", strconv.Itoa(max(0, hour.limit-hour.count(c.now))))
		a.header.Set("Ratelimit-Reset", strconv.FormatInt(hour.reset(c.now).Unix(), 10))
	}
}

// window counts what has happened in a span of time until now.
type window struct {
	span  time.Duration
	limit int
	at    []time.Time
}

func (w *window) full(now time.Time) bool { return w.limit >= 0 && w.count(now) >= w.limit }

func (w *window) add(now time.Time) { w.at = append(w.at, now) }

func (w *window) count(now time.Time) int {
	for len(w.at) > 0 && !now.Before(w.at[0].Add(w.span)) {
		w.at = w.at[1:]
	}
	return len(w.at)
}

// reset is when the oldest call no longer counts.
func (w *window) reset(now time.Time) time.Time {
	if w.count(now) == 0 {
		return now
	}
	return w.at[0].Add(w.span)
}
