package digitalocean

import "time"

// limit is how many calls may be sent in any span of a length.
type limit struct {
	calls int
	span  time.Duration
}

// limits are what we allow ourselves: less than DigitalOcean does, since calls do
// not take equally long to arrive, and since others may use the token.
var limits = [...]limit{{maxBurst, time.Minute}, {maxSpent, time.Hour}}

// spent remembers when calls were sent, for as long as they count.
type spent struct{ at []time.Time }

// add notes a call that is sent now.
func (s *spent) add(now time.Time) {
	if len(s.at) >= 2*maxSpent {
		s.at = append(s.at[:0], s.at[len(s.at)-maxSpent:]...)
	}
	s.at = append(s.at, now)
}

// free is when a call may go that so many others go before.
func (s *spent) free(l limit, class Class, ahead int, now time.Time) time.Time {
	oldest := len(s.at) - l.of(class) + ahead
	switch {
	case oldest < 0:
		return time.Time{}
	case oldest >= len(s.at): // those who go before will fill the span themselves
		return now.Add(l.span)
	}
	return s.at[oldest].Add(l.span)
}
