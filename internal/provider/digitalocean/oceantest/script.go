package oceantest

import (
	"slices"
	"strings"
)

// Fail lets the next calls of a kind meet these faults, one each and in order. A
// call is "*", a pattern as "DELETE /v2/droplets/{id}", or one path as "DELETE
// /v2/droplets/300000001".
func (o *Ocean) Fail(call string, faults ...Fault) {
	o.mu.Lock()
	defer o.mu.Unlock()
	line := o.line(call)
	line.next = append(line.next, faults...)
}

// Break lets all calls of a kind meet a fault until [Ocean.Heal].
func (o *Ocean) Break(call string, fault Fault) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.line(call).always = &fault
}

// Heal ends what was begun with [Ocean.Fail] and [Ocean.Break]. Droplets keep
// their fates.
func (o *Ocean) Heal() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.script = nil
}

// Times repeats a fault.
func Times(count int, fault Fault) []Fault { return slices.Repeat([]Fault{fault}, count) }

// Private

// line is what a script has for one kind of call.
type line struct {
	call   string
	next   []Fault
	always *Fault
}

func (o *Ocean) line(call string) *line {
	for _, l := range o.script {
		if l.call == call {
			return l
		}
	}
	o.script = append(o.script, &line{call: call})
	return o.script[len(o.script)-1]
}

// meet gives the faults of a call: the script's, then those of chance.
func (c *call) meet() []Fault {
	var met []Fault
	for _, l := range c.script {
		if l.call != "*" && l.call != c.pattern && l.call != c.request.Method+" "+c.request.URL.Path {
			continue
		}
		if len(l.next) > 0 {
			met = append(met, l.next[0])
			l.next = l.next[1:]
		} else if l.always != nil {
			met = append(met, *l.always)
		}
	}
	return append(met, c.chance()...)
}

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
	if len(faults) > 0 {
		answered.header.Set(faultsHeader, names(faults))
	}
	return answered
}

// faultsHeader tells whoever looks at an answer that it is meant to be bad.
const faultsHeader = "Oceantest-Faults"

func names(faults []Fault) string {
	var all []string
	for _, fault := range faults {
		all = append(all, fault.name)
	}
	return strings.Join(all, ", ")
}
