package web

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Moment is a point in time as a page shows it: relative, with the exact time on hover.
type Moment struct {
	Machine string // for datetime=""
	Exact   string
	Words   string
}

func newMoment(at, now time.Time) *Moment {
	if at.IsZero() {
		return nil
	}
	at = at.UTC()
	return &Moment{
		Machine: at.Format(time.RFC3339),
		Exact:   at.Format("2 January 2006, 15:04:05 UTC"),
		Words:   relative(at, now),
	}
}

// Private

func relative(at, now time.Time) string {
	if at.After(now) {
		return "in " + rough(at.Sub(now))
	}
	if now.Sub(at) < 10*time.Second {
		return "just now"
	}
	return rough(now.Sub(at)) + " ago"
}

// rough names a duration by its largest unit, as people do.
func rough(d time.Duration) string {
	switch {
	case d < time.Minute:
		return count(int(d.Seconds()), "second")
	case d < time.Hour:
		return count(int(d.Minutes()), "minute")
	case d < 48*time.Hour: // eight hours less a second are eight hours
		return count(int(d.Round(time.Minute).Hours()), "hour")
	}
	return count(int(d.Hours()/24), "day")
}

// clock is a duration as a stopwatch shows it.
func clock(d time.Duration) string {
	d = max(d, 0)
	minutes, seconds := int(d.Minutes()), int(d.Seconds())%60
	if minutes < 60 {
		return fmt.Sprintf("%d:%02d", minutes, seconds)
	}
	return fmt.Sprintf("%d:%02d:%02d", minutes/60, minutes%60, seconds)
}

func count(n int, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return strconv.Itoa(n) + " " + unit + "s"
}

// money is an amount in USD with two decimals, and three where a cent is too coarse.
func money(usd float64) string {
	if usd > 0 && usd < 1 {
		text := strconv.FormatFloat(max(usd, 0.001), 'f', 3, 64)
		if !strings.HasSuffix(text, "0") {
			return "$" + text
		}
	}
	return "$" + strconv.FormatFloat(usd, 'f', 2, 64)
}

// monthly is a price by the month, which is mostly in whole dollars.
func monthly(usd float64) string { return strings.TrimSuffix(money(usd), ".00") }

// atMost is an upper bound of money: a bound is never rounded down.
func atMost(usd float64) string { return money(math.Ceil(usd*100-1e-6) / 100) }

// spent is money that has gone; nobody is charged parts of a cent.
func spent(usd float64) string {
	if usd < 0.01 {
		return "less than $0.01"
	}
	return "$" + strconv.FormatFloat(usd, 'f', 2, 64)
}

// priceWords says what an hour costs; machines on the own host cost nothing.
func priceWords(perHour float64) string {
	if perHour == 0 {
		return "no charge"
	}
	return money(perHour) + " an hour"
}

func memoryWords(mb int) string {
	if mb%1024 == 0 {
		return strconv.Itoa(mb/1024) + " GB"
	}
	return strconv.FormatFloat(float64(mb)/1024, 'f', 1, 64) + " GB"
}
