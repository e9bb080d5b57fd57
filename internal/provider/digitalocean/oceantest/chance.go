package oceantest

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strings"
	"time"
)

// Faults says how likely each fault is, from 0 to 1: those of calls for each
// call, those of droplets for each create.
type Faults struct {
	Status, StatusAfter     float64 // 500, 502, 503 or 504
	Drop, DropAfter         float64
	SlowBody                float64 // a minute
	Burst, HourUsedUp       float64 // up to a minute; up to ten
	PartialPage             float64
	Drift                   float64
	ClockSkew               float64 // up to ten minutes, both ways
	Pending, Ignore         float64 // of deletes
	Revoked                 float64
	StuckNew, Errored       float64
	ListLag                 float64 // up to six minutes, as the following
	LateTags, LateAddress   float64
	NoTags                  float64
	ChangedAddress, GoesOff float64 // within an hour, as the following
	Vanishes                float64
}

// Private

// possible is a fault that may befall some calls.
type possible struct {
	name   string
	chance float64
	on     func(*call) bool
	make   func(roll) Fault
}

func (f Faults) all() []possible {
	status := func(r roll) int {
		return []int{
			http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout,
		}[int(r.size*4)]
	}
	return []possible{
		{"status", f.Status, every, func(r roll) Fault { return Status(status(r)) }},
		{"status after", f.StatusAfter, effective, func(r roll) Fault { return AfterEffect(status(r)) }},
		{"drop", f.Drop, every, func(roll) Fault { return Drop() }},
		{"drop after", f.DropAfter, effective, func(roll) Fault { return DropAfterEffect() }},
		{"slow body", f.SlowBody, every, func(roll) Fault { return SlowBody(time.Minute) }},
		{"burst", f.Burst, every, func(r roll) Fault { return Burst(r.upTo(time.Minute)) }},
		{"hour used up", f.HourUsedUp, every, func(r roll) Fault { return HourUsedUp(r.upTo(10 * time.Minute)) }},
		{"partial page", f.PartialPage, to("GET /v2/droplets"), func(roll) Fault { return PartialPage() }},
		{"drift", f.Drift, every, func(roll) Fault { return Drift() }},
		{"clock skew", f.ClockSkew, every, func(r roll) Fault { return ClockSkew(r.upTo(20*time.Minute) - 10*time.Minute) }},
		{"pending", f.Pending, to("DELETE /v2/droplets/{id}"), func(roll) Fault { return Pending() }},
		{"ignore", f.Ignore, to("DELETE /v2/droplets/{id}"), func(roll) Fault { return Ignore() }},
		{"revoked", f.Revoked, every, func(roll) Fault { return Revoked() }},
		{"stuck new", f.StuckNew, creates, func(roll) Fault { return StuckNew() }},
		{"errored", f.Errored, creates, func(roll) Fault { return Errored() }},
		{"list lag", f.ListLag, creates, func(r roll) Fault { return ListLag(r.upTo(6 * time.Minute)) }},
		{"late tags", f.LateTags, creates, func(r roll) Fault { return LateTags(r.upTo(6 * time.Minute)) }},
		{"late address", f.LateAddress, creates, func(r roll) Fault { return LateAddress(r.upTo(6 * time.Minute)) }},
		{"no tags", f.NoTags, creates, func(roll) Fault { return NoTags() }},
		{"changed address", f.ChangedAddress, creates, func(r roll) Fault { return ChangedAddress(r.upTo(time.Hour)) }},
		{"goes off", f.GoesOff, creates, func(r roll) Fault { return GoesOff(r.upTo(time.Hour)) }},
		{"vanishes", f.Vanishes, creates, func(r roll) Fault { return Vanishes(r.upTo(time.Hour)) }},
	}
}

// chance decides which faults a call meets.
func (c *call) chance() []Fault {
	if c.options.Faults == (Faults{}) {
		return nil
	}
	object := c.object()
	c.counts[c.pattern+object]++
	var met []Fault
	for _, p := range c.options.Faults.all() {
		if p.chance == 0 || !p.on(c) {
			continue
		}
		if r := c.roll(p.name, object); r.luck < p.chance {
			met = append(met, p.make(r))
		}
	}
	return met
}

// object is what a call is about: a droplet's name where there is one.
func (c *call) object() string {
	if d := c.find(c.id(), c.now); d != nil {
		return " " + d.Name
	}
	var named struct {
		Name string `json:"name"`
	}
	_ = json.Unmarshal(c.body, &named) // without a body there is no name
	return " " + named.Name
}

// roll is two numbers from 0 to less than 1: whether, and how much.
type roll struct{ luck, size float64 }

func (r roll) upTo(most time.Duration) time.Duration { return time.Duration(r.size * float64(most)) }

func (c *call) roll(fault, object string) roll {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d\n%s\n%s\n%s\n%d", c.options.Seed, fault, c.pattern, object, c.counts[c.pattern+object]))
	part := func(bytes []byte) float64 { return float64(binary.BigEndian.Uint64(bytes)>>11) / math.Exp2(53) }
	return roll{part(sum[:8]), part(sum[8:16])}
}

func every(*call) bool { return true }

func creates(c *call) bool { return c.pattern == "POST /v2/droplets" }

func effective(c *call) bool { return !strings.HasPrefix(c.pattern, "GET ") }

func to(pattern string) func(*call) bool {
	return func(c *call) bool { return c.pattern == pattern }
}
