package digitalocean

import (
	"net/http"
	"strconv"
	"time"
)

// maxHearsay is how long it is believed that little is left: calls that were made
// within the hour cease to count one by one.
const maxHearsay = time.Minute

// quota is what DigitalOcean says is left of the hour. Others may use the token, so
// that it can be less than what we know of.
type quota struct {
	limit, remaining int
	until            time.Time // when the oldest call ceases to count
}

// learn reads an answer's headers.
func (q *quota) learn(header http.Header, now time.Time) {
	limit, err := strconv.Atoi(header.Get("Ratelimit-Limit"))
	if err != nil || limit < 1 {
		return
	}
	remaining := remainingOf(header)
	if remaining < 0 {
		return
	}
	wait := maxHearsay
	if reset, err := strconv.ParseInt(header.Get("Ratelimit-Reset"), 10, 64); err == nil {
		wait = min(max(time.Unix(reset, 0).Sub(now), minPause), maxHearsay)
	}
	q.limit, q.remaining, q.until = limit, remaining, now.Add(wait)
}

// free is when a call of a class may go that so many others go before.
func (q *quota) free(class Class, ahead int, now time.Time) time.Time {
	if q.remaining-ahead > class.reserve(q.limit) || q.limit == 0 {
		return time.Time{}
	}
	if ahead > 0 && !now.Before(q.until) {
		return now.Add(minPause)
	}
	return q.until
}

// spend notes a call that is sent now. Where it is not known any more whether there
// is one left, it goes alone, and the next ones wait for what it learns.
func (q *quota) spend(now time.Time) {
	q.remaining--
	if !now.Before(q.until) {
		q.until = now.Add(minPause)
	}
}

// Private

// remainingOf is how many calls an answer says are left; -1 where it does not say.
func remainingOf(header http.Header) int {
	remaining, err := strconv.Atoi(header.Get("Ratelimit-Remaining"))
	if err != nil || remaining < 0 {
		return -1
	}
	return remaining
}
