package simulation

import (
	"fmt"
	"time"

	"github.com/dictumal/dictumal"
)

// body is a machine as the cloud has it. All that will happen to it is decided
// when it is made.
type body struct {
	id, name, key string
	ip, nextIP    string
	deployment    string
	number        int // of the deployment's machines

	madeAt, appearsAt, taggedAt time.Time
	activeAt, addressAt, newAt  time.Time // zero: never
	ready                       time.Duration
	linger                      time.Duration
	broken, staysOff, off       bool
	going                       bool
}

// Private

// conceive decides what becomes of a machine.
func (c *cloud) conceive(spec dictumal.MachineSpec, sent, now time.Time) *body {
	c.count++
	c.numbers[spec.Deployment]++
	b := &body{
		id: fmt.Sprintf("m-%s-%d", spec.Deployment[16:], c.numbers[spec.Deployment]), name: spec.Name, key: spec.UserData,
		deployment: spec.Deployment, number: c.numbers[spec.Deployment], madeAt: now,
		ip: fmt.Sprintf("10.%d.%d.%d", c.count>>15&255, c.count>>7&255, c.count<<1&255),
	}
	b.nextIP = b.ip[:len(b.ip)-1] + string(b.ip[len(b.ip)-1]+1) // which is odd, and nobody's
	lag := c.some(b, Lag, .25, 0, c.climate.Lag)
	if left := c.climate.Lag - now.Sub(sent); lag > left {
		lag = max(0, left) // it is the order's age that counts
	}
	b.appearsAt = now.Add(lag)
	b.taggedAt = later(b.appearsAt, now.Add(min(c.some(b, Tag, .1, 0, c.climate.Lag), max(0, c.climate.Lag-now.Sub(sent)))))
	b.activeAt = now.Add(c.between(b, "boot", 2*time.Second, 40*time.Second))
	b.addressAt = b.activeAt.Add(c.some(b, AddrLate, .2, 0, time.Minute))
	b.ready = c.between(b, "ready", time.Second, 30*time.Second)
	b.linger = c.some(b, Lingering, .3, 0, 40*time.Second)
	b.broken = c.some(b, Broken, .02, 1, 2) > 0
	if c.some(b, Stuck, .03, 1, 2) > 0 {
		b.activeAt, b.addressAt = time.Time{}, time.Time{}
	}
	if after := c.some(b, AddrNew, .05, 0, 10*time.Minute); after > 0 {
		b.newAt = now.Add(after)
	}
	return b
}

// seen is what the cloud tells of the machine.
func (b *body) seen(now time.Time) dictumal.Machine {
	m := dictumal.Machine{ID: b.id, Name: b.name, Power: dictumal.PowerNew, CreatedAt: b.madeAt}
	switch {
	case b.off:
		m.Power = dictumal.PowerOff
	case b.up(now):
		m.Power = dictumal.PowerActive
	}
	if !b.addressAt.IsZero() && !b.addressAt.After(now) {
		m.IP = b.address(now)
	}
	return m
}

func (b *body) up(now time.Time) bool {
	return !b.off && !b.activeAt.IsZero() && !b.activeAt.After(now)
}

func (b *body) address(now time.Time) string {
	if !b.newAt.IsZero() && !b.newAt.After(now) {
		return b.nextIP
	}
	return b.ip
}
