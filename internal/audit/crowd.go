package audit

import (
	"fmt"
	"sync"
	"time"

	"github.com/dictumal/dictumal"
)

// mostStrangers is how many lines a minute tell of people whom nobody knows. They
// need no account to ask, and must not be able to fill the disk.
const mostStrangers = 120

// Private

// crowd counts the strangers of a minute.
type crowd struct {
	mu    sync.Mutex
	since time.Time
	seen  int
}

// admit returns what is to be written with a deed: it alone, or before it how many
// were left out in an earlier minute; or nothing, where this one is left out, too.
func (c *crowd) admit(d dictumal.Deed) ([]dictumal.Deed, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var told []dictumal.Deed
	if d.At.Sub(c.since) >= time.Minute {
		if left := c.seen - mostStrangers; left > 0 {
			told = append(told, dictumal.Deed{
				At: d.At, Via: dictumal.ViaProgram, Action: "audit.leave-out", Result: dictumal.ResultDone,
				Detail: fmt.Sprintf("%d more attempts of people who are not known, in the minute from %s.", left, c.since.UTC().Format(time.DateTime)),
			})
		}
		c.since, c.seen = d.At, 0
	}
	if d.Actor == "" && d.Via == dictumal.ViaAnonymous {
		c.seen++
		if c.seen > mostStrangers {
			return nil, false
		}
	}
	return append(told, d), true
}
