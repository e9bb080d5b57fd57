package hostile_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/coder/websocket"

	"github.com/dictumal/dictumal/internal/hostile"
)

// script is what a machine does to whoever visits it, and how that ends.
type script struct {
	name    string
	machine hostile.Machine
	visit   visit
	want    string // what is said in the end; where it may be one thing or another, "|" is between
	// change makes what is known of the machine wrong.
	change func(*testing.T, *hostile.Address)
}

// visit is what the control plane wants of a machine.
type visit func(o *office, number string) (said string)

// asks is a look at a machine, or work on it.
func asks(what string) visit {
	return func(o *office, number string) string {
		return o.ask(http.MethodPost, "/"+what+"/"+number, nil)
	}
}

// watches opens the desktop and looks until it ends.
func watches(o *office, number string) string {
	viewer, err := o.join(number)
	for err == nil {
		_, _, err = viewer.Read(o.t.Context())
	}
	return ending(err)
}

// stares opens the desktop and takes nothing of what it shows.
func stares(o *office, number string) string {
	viewer, err := o.join(number)
	if err != nil {
		return ending(err)
	}
	defer func() { _ = viewer.CloseNow() }()
	until(o.t, "the stream has ended", func() bool { return strings.Contains(o.said.String(), "stream has ended") })
	return o.said.String()
}

// works opens the desktop and presses keys until it ends.
func works(o *office, number string) string {
	viewer, err := o.join(number)
	if err == nil {
		go func() {
			for keys := make([]byte, 8*4096); ; {
				for i := 0; i < len(keys); i += 8 {
					keys[i] = 4
				}
				if viewer.Write(o.t.Context(), websocket.MessageBinary, keys) != nil {
					return
				}
			}
		}()
	}
	for err == nil {
		_, _, err = viewer.Read(o.t.Context())
	}
	if websocket.CloseStatus(err) == -1 { // its keys stood in the way of its pongs
		until(o.t, "the stream has ended", func() bool { return strings.Contains(o.said.String(), "stream has ended") })
		return o.said.String()
	}
	return ending(err)
}

// TestAHostileMachineHarmsNobody sets each script on a control plane in a process of
// its own, beside a neighbour who works on. Memory is what the kernel says of the
// process at its peak, against what it had before.
func TestAHostileMachineHarmsNobody(t *testing.T) {
	scripts := allScripts()
	if len(scripts) < 40 {
		t.Fatalf("there are %d scripts", len(scripts))
	}
	for _, s := range scripts {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.play(t)
		})
	}
}

func (s *script) play(t *testing.T) {
	t.Helper()
	o := openOffice(t)
	neighbour := o.neighbour()
	at := s.machine.Start(t)
	if s.change != nil {
		s.change(t, &at)
	}
	number := o.meet(at)
	goroutines := o.goroutines()
	o.forgetPeak()
	before, _ := o.resident()
	trips, start := neighbour.trips.Load(), time.Now()

	said := s.visit(o, number)
	if !slices.ContainsFunc(strings.Split(s.want, "|"), func(want string) bool { return strings.Contains(said, want) }) {
		t.Errorf("in the end is said %.1000q, not %q", said, s.want)
	}
	if !strings.HasPrefix(said, "{") && (len(said) > 2500 || strings.ContainsFunc(said, func(r rune) bool { return !unicode.IsPrint(r) })) {
		t.Errorf("what is said is not fit to be read: %.3000q", said)
	}
	took := time.Since(start)
	neighbour.goesOn(t, trips)
	_, peak := o.resident()
	grown := max(0, peak-before)
	if grown > mostGrowth {
		t.Errorf("the memory has grown by %d KiB", grown>>10)
	}
	o.ask(http.MethodPost, "/forget/"+number, nil)
	if !comes(func() bool { return o.goroutines() <= goroutines }) {
		t.Errorf("of %d goroutines there are still:\n%s", goroutines, o.ask(http.MethodGet, "/stacks", nil))
	}
	if strings.Contains(o.said.String(), "panic") {
		t.Errorf("it panicked: %s", o.said)
	}
	t.Logf("took %v, memory grew by %.1f MiB, the neighbour waited %v at most", took.Round(time.Millisecond),
		float64(grown)/(1<<20), time.Duration(neighbour.longest.Load()).Round(time.Millisecond))
}
