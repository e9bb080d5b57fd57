package gateway

import "time"

// Option changes a gateway.
type Option func(*Gateway)

// Hurried makes a gateway less patient than usual, by a factor.
func Hurried(by int) Option {
	return func(g *Gateway) {
		for _, d := range []*time.Duration{&g.pace.dial, &g.pace.enter, &g.pace.check, &g.pace.stall, &g.pace.ping, &g.pace.beat} {
			*d /= time.Duration(by)
		}
	}
}

// Private

// pace is how patient a gateway is.
type pace struct {
	dial  time.Duration // for the machine to let the gateway in
	enter time.Duration // for a viewer to come in
	check time.Duration // between looks at a viewer's progress
	stall time.Duration // for a viewer, or the machine, to take what was sent
	ping  time.Duration // between pings, which keep proxies from cutting a quiet stream
	beat  time.Duration // between beats, for viewers who want to hear them
}

func usualPace() pace {
	return pace{dial: 15 * time.Second, enter: 15 * time.Second, check: 5 * time.Second, stall: 20 * time.Second, ping: 25 * time.Second, beat: 2 * time.Second}
}
