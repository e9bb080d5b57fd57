package oceantest

// Fault is one thing that goes wrong with a call, or later with the droplet that
// it has made.
type Fault struct {
	name   string
	before func(*call) *answer          // answers instead of the effect; nil goes on
	after  func(*call, *answer) *answer // changes the answer
}

// Faults says how likely each fault is.
type Faults struct{}

// Private

type script struct{}

func (c *call) meet() []Fault { return nil }

// through answers a call on its way through faults.
func (c *call) through(faults []Fault, do func(*call) *answer) *answer {
	var answered *answer
	for _, fault := range faults {
		if fault.before != nil && answered == nil {
			answered = fault.before(c)
		}
	}
	if answered == nil {
		answered = do(c)
	}
	for _, fault := range faults {
		if fault.after != nil {
			answered = fault.after(c, answered)
		}
	}
	if c.made != nil {
		c.boot(c.made)
	}
	return answered
}
