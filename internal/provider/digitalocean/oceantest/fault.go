package oceantest

import (
	"bytes"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"time"
)

// Fault is one thing that goes wrong with a call. What goes wrong later with the
// droplet that a call has made is a [Fault] too: see fate.go.
type Fault struct {
	name   string
	before func(*call) *answer          // answers instead of the effect; nil goes on
	after  func(*call, *answer) *answer // changes the answer
}

// String is the name as it stands in [Call.Faults] and in the answer's header
// Oceantest-Faults.
func (f Fault) String() string { return f.name }

// Fine lets a call pass: in a script, between faults.
func Fine() Fault { return Fault{name: "fine"} }

// Status answers with an error in DigitalOcean's words, and does nothing.
func Status(status int) Fault { return Refuse(status, "") }

// Refuse answers with an error in these words, and does nothing.
func Refuse(status int, message string) Fault {
	return Fault{name: fmt.Sprintf("status %d", status), before: func(*call) *answer { return refuse(status, message) }}
}

// AfterEffect does what was asked, and answers with an error.
func AfterEffect(status int) Fault {
	return Fault{
		name:  fmt.Sprintf("status %d after effect", status),
		after: func(*call, *answer) *answer { return refuse(status, "") },
	}
}

// Drop ends the connection before anything is done.
func Drop() Fault {
	return Fault{name: "drop", before: func(*call) *answer { return dropped() }}
}

// DropAfterEffect does what was asked, and ends the connection without an answer.
func DropAfterEffect() Fault {
	return Fault{name: "drop after effect", after: func(*call, *answer) *answer { return dropped() }}
}

// SlowBody does what was asked, and makes the second half of the answer wait.
func SlowBody(wait time.Duration) Fault {
	return Fault{name: "slow body", after: func(_ *call, a *answer) *answer {
		a.slow = wait
		return a
	}}
}

// Burst answers 429 with Retry-After, and does nothing.
func Burst(retryAfter time.Duration) Fault {
	return Fault{name: "burst", before: func(*call) *answer {
		a := refuse(http.StatusTooManyRequests, "")
		a.header.Set("Retry-After", seconds(retryAfter))
		return a
	}}
}

// HourUsedUp answers 429 as when the hour's calls are used up: without
// Retry-After, and only Ratelimit-Reset says when it is over. It does nothing.
func HourUsedUp(reset time.Duration) Fault {
	return Fault{name: "hour used up", before: func(c *call) *answer {
		a := refuse(http.StatusTooManyRequests, "API Rate limit exceeded.")
		a.header.Set("Ratelimit-Remaining", "0")
		a.header.Set("Ratelimit-Reset", strconv.FormatInt(c.now.Add(reset).Unix(), 10))
		return a
	}}
}

// PartialPage leaves the second half of a page out, and counts it all the same.
func PartialPage() Fault {
	return Fault{name: "partial page", before: func(c *call) *answer {
		c.cut = true
		return nil
	}}
}

// Drift answers with fields that nobody knows yet, and null where a list should be.
func Drift() Fault {
	lists := regexp.MustCompile(`"(tags|features)":\[[^\]]*\]`)
	return Fault{name: drift, after: func(_ *call, a *answer) *answer {
		a.body = bytes.ReplaceAll(a.body, []byte(`"name":`), []byte(`"unheard_of":{"of":[true]},"name":`))
		a.body = lists.ReplaceAll(a.body, []byte(`"$1":null`))
		return a
	}}
}

// ClockSkew answers with a wrong time.
func ClockSkew(skew time.Duration) Fault {
	return Fault{name: "clock skew", after: func(c *call, a *answer) *answer {
		a.header.Set("Date", c.now.Add(skew).UTC().Format(http.TimeFormat))
		return a
	}}
}

// Pending refuses to do anything to a droplet: something else is under way.
func Pending() Fault {
	return Fault{name: "pending event", before: func(c *call) *answer {
		if c.find(c.id(), c.now) == nil {
			return nil
		}
		return refuse(http.StatusUnprocessableEntity, pending)
	}}
}

// Ignore answers a delete with 204, and deletes nothing.
func Ignore() Fault {
	return Fault{name: "ignored delete", before: func(c *call) *answer {
		if c.find(c.id(), c.now) == nil {
			return nil
		}
		return reply(http.StatusNoContent, nil)
	}}
}

// Revoked makes the token invalid from this call on.
func Revoked() Fault {
	return Fault{name: "revoked", before: func(c *call) *answer {
		c.revoked = true
		return refuse(http.StatusUnauthorized, "")
	}}
}

// Private

const (
	drift   = "drift"
	pending = "Droplet already has a pending event."
)

func dropped() *answer { return &answer{dropped: true, header: http.Header{}} }
