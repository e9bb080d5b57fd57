package reconcile

import (
	"fmt"
	"time"

	"github.com/dictumal/dictumal"
)

// Private

// living tells whether the clauses on lifetime can still end the deployment.
func (s *step) living() bool {
	switch s.row.Status {
	case dictumal.Provisioning, dictumal.Configuring, dictumal.Active:
		return true
	case dictumal.Errored, dictumal.Destroying, dictumal.Destroyed:
	}
	return false
}

// over tells which clause has ended the deployment, if one has.
func (s *step) over() (dictumal.Ending, bool) {
	ending, ok := s.row.Ending()
	return ending, ok && !time.Now().Before(ending.At)
}

// because is the sentence without which no machine is ever ended, but for its verb.
func (s *step) because(ending dictumal.Ending) string {
	lifetime := s.row.Policy.Lifetime
	if ending.Clause == dictumal.ClauseBudget {
		return fmt.Sprintf("The budget of $%.2f that the constitution grants is used up (lifetime.budget)", lifetime.Budget)
	}
	granted := s.row.ExpiresAt.Sub(s.row.CreatedAt)
	if granted != lifetime.TTL {
		return fmt.Sprintf("The lifetime, extended to %s, is over (lifetime.ttl)", words(granted))
	}
	return fmt.Sprintf("The lifetime of %s that the constitution grants is over (lifetime.ttl)", words(granted))
}

// remind tells people that the end is near, once for each moment. Of several that
// have passed while nobody was at work the newest says it all.
func (s *step) remind() {
	now := time.Now()
	for _, r := range s.row.Reminded(now) {
		if r.At.After(s.row.RemindedAt) {
			s.note(s.reminder(r, now))
		}
	}
	s.row.RemindedAt = now
}

func (s *step) reminder(r dictumal.Reminder, now time.Time) string {
	if r.Clause == dictumal.ClauseBudget {
		return fmt.Sprintf("%d percent of the budget of $%.2f are used up (lifetime.budget); at its end the machine is removed.",
			r.Percent, s.row.Policy.Lifetime.Budget)
	}
	return fmt.Sprintf("The lifetime ends in %s (lifetime.ttl), and the machine is removed then; extend it if it is still needed.",
		words(s.row.ExpiresAt.Sub(now).Round(time.Minute)))
}

// nextMoment is when the lifetime has something to say or to do next.
func (s *step) nextMoment() time.Time {
	next := time.Now().Add(never)
	if ending, ok := s.row.Ending(); ok {
		next = ending.At
	}
	for _, r := range s.row.Reminders() {
		if r.At.After(s.row.RemindedAt) {
			return earliest(next, r.At)
		}
	}
	return next
}
