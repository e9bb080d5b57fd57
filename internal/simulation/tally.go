package simulation

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// tally counts what went wrong.
type tally struct {
	mu     sync.Mutex
	faults map[Fault]int
	told   map[string]bool
	kills  int
	orders int
}

func newTally() *tally { return &tally{faults: map[Fault]int{}, told: map[string]bool{}} }

// Private

// tell counts a fault, once for an object that has a name.
func (t *tally) tell(fault Fault, object string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if object != "" {
		if t.told[object] {
			return
		}
		t.told[object] = true
	}
	t.faults[fault]++
}

func (t *tally) kill() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kills++
}

func (t *tally) order() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.orders++
}

// kinds names the faults, the most frequent first.
func kinds(faults map[Fault]int) string {
	names := slices.SortedFunc(maps.Keys(faults), func(a, b Fault) int {
		if faults[a] != faults[b] {
			return faults[b] - faults[a]
		}
		return strings.Compare(string(a), string(b))
	})
	parts := make([]string, len(names))
	for i, name := range names {
		parts[i] = fmt.Sprintf("%d %s", faults[name], name)
	}
	return strings.Join(parts, ", ")
}
