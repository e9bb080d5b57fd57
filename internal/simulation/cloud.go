package simulation

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/dictumal/dictumal"
)

// cloud is what there really is. It tells the ledger of every change when it
// happens. Whoever uses it holds the ledger.
type cloud struct {
	*Ledger
	*chance
	*tally
	climate Climate
	grace   time.Duration

	bodies  map[string]*body
	named   map[string][]*body // in the order in which they were made
	at      map[string]*body   // by address
	numbers map[string]int     // of machines of each deployment
	count   int
	listed  time.Time // when a driver would have read the list last
}

// Private

// make carries an order out that was sent at a moment. What is made twice of one order
// shows at once where the list is the truth: there, what is not listed is not there.
func (c *cloud) make(spec dictumal.MachineSpec, sent, now time.Time, again bool) dictumal.Machine {
	b := c.conceive(spec, sent, now)
	if twins := c.named[b.name]; again && len(twins) > 0 && c.climate.Traits.Absences <= 1 {
		b.appearsAt, b.taggedAt = twins[0].appearsAt, twins[0].taggedAt
	}
	c.bodies[b.id] = b
	c.named[b.name] = append(c.named[b.name], b)
	c.at[b.ip], c.at[b.nextIP] = b, b
	late := later(b.appearsAt, b.taggedAt).Sub(sent) >= c.grace
	c.Made(now, Birth{ID: b.id, Name: b.name, Deployment: b.deployment, Again: again, Late: late, Shows: later(b.appearsAt, b.taggedAt)})
	if after := c.some(b, Vanished, .04, time.Second, 10*time.Minute); after > 0 {
		c.agenda.at(now.Add(after), func(now time.Time) { c.remove(now, b) })
	}
	if after := c.some(b, PowerOff, .05, time.Second, 10*time.Minute); after > 0 {
		b.staysOff = c.some(b, StaysOff, .3, 1, 2) > 0
		c.agenda.at(now.Add(after), func(now time.Time) { c.switched(now, b, true) })
	}
	return b.seen(now)
}

// destroy begins a removal, which takes a while.
func (c *cloud) destroy(now time.Time, id string) {
	b := c.bodies[id]
	if b == nil || b.going {
		return
	}
	b.going = true
	if b.linger == 0 {
		c.remove(now, b)
		return
	}
	c.agenda.at(now.Add(b.linger), func(now time.Time) { c.remove(now, b) })
}

func (c *cloud) remove(now time.Time, b *body) {
	if c.bodies[b.id] != b {
		return
	}
	delete(c.bodies, b.id)
	delete(c.at, b.ip)
	delete(c.at, b.nextIP)
	c.named[b.name] = slices.DeleteFunc(c.named[b.name], func(other *body) bool { return other == b })
	c.Gone(now, b.id)
}

func (c *cloud) switched(now time.Time, b *body, off bool) {
	if c.bodies[b.id] == b && b.off != off && (off || !b.staysOff) {
		b.off = off
		c.Power(now, b.id, !off)
	}
}

// shows tells whether a look by the machine's id finds it, and listed whether one
// by its name or for all does.
func (c *cloud) shows(b *body, now time.Time) bool {
	return !b.appearsAt.After(now) && !c.omits(b, now)
}

func (c *cloud) lists(b *body, now time.Time) bool { return c.shows(b, now) && !b.taggedAt.After(now) }

// omits tells whether the cloud misses the machine at present. It does so for less
// than twenty seconds and then not again for a minute: a provider that misses
// machines for longer than its traits say cannot be used by anybody.
func (c *cloud) omits(b *body, now time.Time) bool {
	if !c.climate.Omits || !c.weather.stormy(now) {
		return false
	}
	const slot = 2 * time.Minute
	number := now.Sub(b.madeAt) / slot
	object := "omit " + b.id + strconv.FormatInt(int64(number), 10)
	if c.of(object) >= .2 {
		return false
	}
	begin := c.chance.between(object+" begin", 0, 40*time.Second)
	into := now.Sub(b.madeAt) % slot
	omitted := into >= begin && into < begin+c.chance.between(object+" length", 5*time.Second, 20*time.Second)
	if omitted {
		c.tell(Omitted, object)
	}
	return omitted
}

// some is a duration for the few machines that have this fault; 0 for the others,
// and for all that are made in calm.
func (c *cloud) some(b *body, fault Fault, share float64, from, to time.Duration) time.Duration {
	object := fmt.Sprintf("%s %s %d", fault, b.deployment, b.number)
	if !c.weather.stormy(b.madeAt) || c.of(object) >= share {
		return 0
	}
	c.tell(fault, "")
	return c.chance.between(object+" how", from, to)
}

func (c *cloud) between(b *body, what string, from, to time.Duration) time.Duration {
	return c.chance.between(fmt.Sprintf("%s %s %d", what, b.deployment, b.number), from, to)
}

// charge counts a call as a driver would make it that shares one list among all who
// look: a change is one call, a look costs a new list of pages of 200 when the last
// one is older than five seconds.
func (c *cloud) charge(now time.Time, change bool) {
	if change {
		c.Called(now, 1)
		return
	}
	if now.Sub(c.listed) >= 5*time.Second {
		c.listed = now
		c.Called(now, 1+len(c.bodies)/200)
	}
}
