package digitalocean

import (
	"errors"
	"fmt"
	"time"

	"github.com/dictumal/dictumal"
)

// Health is how DigitalOcean is doing, as it has answered of late. It makes no call.
func (p *Provider) Health() dictumal.Health { return p.gate.health(time.Now()) }

// Private

// health names what is in the way of most calls first.
func (g *gate) health(now time.Time) dictumal.Health {
	since := g.born
	if g.broken != nil {
		return ill(refusalAddress(g.broken), since, time.Time{})
	}
	for _, part := range []func(time.Time) dictumal.Health{g.credentials.health, g.circuit.health, g.pause.health} {
		health := part(now)
		if !health.OK {
			return health
		}
		if health.Since.After(since) {
			since = health.Since
		}
	}
	return dictumal.Health{OK: true, Since: since}
}

func (c *credentials) health(time.Time) dictumal.Health {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.refused {
		return dictumal.Health{OK: true, Since: c.since}
	}
	return ill(refusalToken(nil), c.since, time.Time{})
}

func (c *circuit) health(now time.Time) dictumal.Health {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pause == 0 {
		return dictumal.Health{OK: true, Since: c.since}
	}
	until := c.until
	if !now.Before(until) {
		until = time.Time{} // with the next look
	}
	return ill(refusalOpen(c.until.Sub(now), c.cause), c.since, until)
}

func (p *pause) health(now time.Time) dictumal.Health {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !now.Before(p.until) {
		return dictumal.Health{OK: true, Since: p.until}
	}
	return ill(refusalRate(p.until.Sub(now)), p.since, p.until)
}

// ill says what is wrong, since when, what becomes of the desktops, and what to do.
func ill(err error, since, until time.Time) dictumal.Health {
	health := dictumal.Health{Since: since, Until: until}
	refusal, ok := errors.AsType[*dictumal.Refusal](err)
	if !ok {
		return health
	}
	health.Failure = refusal.Failure()
	health.Failure.Cause += fmt.Sprintf(" It has been so since %s. Desktops that run go on; machines are neither made nor removed, and what is asked for is done later.",
		since.UTC().Format("15:04:05 UTC on 2 January"))
	return health
}
