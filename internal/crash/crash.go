// Package crash ends the program as a power cut would, at points that have names:
// between what it has done and what it does next. It stands around what the program
// is put together from. Only a build with the tag crash has it, and only tests make
// that build.
package crash

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// Points are the points of one program. Nil has none.
type Points struct {
	name string // of the one where the program ends; empty: nowhere
	nth  int    // passage of it
	told io.Writer
	end  func()

	mu     sync.Mutex
	passed map[string]int
}

// At gives the points of a program that ends at "name:n", at the n-th passage of
// the point with this name, or at "name", at the first. Each point that is passed
// is told of once.
func At(place string, told io.Writer) *Points {
	p := &Points{name: place, nth: 1, told: told, end: die, passed: map[string]int{}}
	if cut := strings.LastIndex(place, ":"); cut >= 0 {
		if nth, err := strconv.Atoi(place[cut+1:]); err == nil {
			p.name, p.nth = place[:cut], nth
		}
	}
	return p
}

// Pass goes through a point, or no further.
func (p *Points) Pass(name string) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.passed[name]++
	if p.passed[name] == 1 {
		fmt.Fprintf(p.told, "%s%s\n", Passed, name)
	}
	if name == p.name && p.passed[name] == p.nth {
		fmt.Fprintf(p.told, "%s%s:%d\n", Ended, name, p.nth)
		p.end() // nobody else passes any point meanwhile
	}
}

// What stands before a point's name where the program tells of it.
const (
	Passed = "crash: passed "
	Ended  = "crash: ended at "
)

// Private

// die leaves nobody the time to tidy up.
func die() {
	_ = syscall.Kill(syscall.Getpid(), syscall.SIGKILL)
	select {} // it takes effect in a moment
}
