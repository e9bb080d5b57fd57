package config

import "time"

const (
	// usualDrain is what most load balancers need to notice that a replica leaves, where
	// they ask every second or two.
	usualDrain = 5 * time.Second
	maxDrain   = 5 * time.Minute
)

// Private

// drain is how long a server that is to stop goes on answering, for a load balancer to
// notice. Where there is no other replica, nobody would gain from waiting.
func (r *reader) drain(c Config) time.Duration {
	text := r.text("DICTUMAL_DRAIN", "")
	switch {
	case text == "" && c.Postgres():
		return usualDrain
	case text == "":
		return 0
	}
	value, err := time.ParseDuration(text)
	if err != nil || value < 0 || value > maxDrain {
		r.fault("DICTUMAL_DRAIN is %q and must be a length of time from 0s to 5m, as long as your load balancer takes to notice that /readyz is false.", text)
	}
	return value
}
