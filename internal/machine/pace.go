package machine

import "time"

// Pace is how patient a dialer is with machines.
type Pace struct {
	Dial  time.Duration // one attempt to reach a machine, whoever waits for it
	Check time.Duration // each check of a guacamole machine by itself; the others go on meanwhile
	// Quiet is how often a quiet machine is asked whether it is there; one that has
	// not answered when the next question is due counts as gone.
	Quiet time.Duration
	// LetGo is for a machine to let go of what was closed. What is on its way may come
	// before that, which on a slow line takes a while.
	LetGo time.Duration
}

// UsualPace is what machines on the internet need.
func UsualPace() Pace {
	return Pace{Dial: 15 * time.Second, Check: 4 * time.Second, Quiet: 15 * time.Second, LetGo: 20 * time.Second}
}

// Option changes a dialer.
type Option func(*Dialer)

// WithPace makes a dialer more patient or less.
func WithPace(pace Pace) Option { return func(d *Dialer) { d.pace = pace } }

// WithAddresses says where machines are found that are not at their addresses.
func WithAddresses(find func(address string) string) Option { return func(d *Dialer) { d.find = find } }
