//go:build bench

package bench

import (
	"fmt"
	"testing"
	"time"

	"github.com/dictumal/dictumal/internal/bench/fleet"
)

// TestBenchIdleCalls counts what machines cost that only stand there, in virtual time
// and from the start of the program, beside what the seeds' way would: a GET of the
// droplet for each look of a viewer, sent in the same moment to an account that counts.
func TestBenchIdleCalls(t *testing.T) {
	rest := fleet.Rest{Machines: 1000, Viewers: 3, Every: 5 * time.Second, For: time.Hour}
	calm := fleet.Idle(t, rest)
	what := "calls of DigitalOcean's API in an hour with 1,000 idle machines and 3 viewers each"
	plainRow(t, what, fmt.Sprint(len(calm.Calls)), "at most 400")
	t.Logf("\n| %s; peer: a GET for each look of a viewer, every 5 s | %d | %d | %.5f | at most 0.00125 | `%s` |",
		what, len(calm.Calls), calm.Polled, float64(len(calm.Calls))/float64(calm.Polled), command(t))
	remark(t, "%d looks of viewers through the use case, and as many GETs of the peer, which an account that only counts has answered; "+
		"ours: %s, at most %d in any minute; machines and rows were there before, and are not counted",
		calm.Looks, calm.Kinds(), calm.Busiest(time.Minute))
}

// TestBenchCallsGrow counts the same at four sizes, and draws it.
func TestBenchCallsGrow(t *testing.T) {
	rest := fleet.Rest{Every: 5 * time.Second, For: 10 * time.Minute}
	ours, theirs := line{name: "one list for all"}, line{name: "a GET for each look of 3 viewers"}
	for _, rest.Machines = range []int{10, 100, 1000, 10_000} {
		rest.Viewers = 3
		if rest.Machines == 10_000 {
			rest.Viewers = 0 // who would take three and a half million looks
		}
		calm := fleet.Idle(t, rest)
		pages := (rest.Machines + 199) / 200
		plainRow(t, fmt.Sprintf("calls of DigitalOcean's API in ten minutes with %d idle machines and %d viewers each", rest.Machines, rest.Viewers),
			fmt.Sprint(len(calm.Calls)), fmt.Sprintf("at most %d", 25*pages))
		polls := rest.Machines * 3 * int(rest.For/rest.Every)
		if rest.Viewers > 0 && calm.Polled != polls {
			t.Errorf("the peer has sent %d calls, want %d", calm.Polled, polls)
		}
		ours.add(rest.Machines, len(calm.Calls))
		theirs.add(rest.Machines, polls)
	}
	rest.Machines, rest.Viewers = 100, 0
	alone := fleet.Idle(t, rest)
	rest.Viewers = 30
	watched := fleet.Idle(t, rest)
	t.Logf("\n| calls of DigitalOcean's API in ten minutes with 100 idle machines and 30 viewers each; bare: nobody looks | %d | %d | %.2f | at most 1 | `%s` |",
		len(watched.Calls), len(alone.Calls), float64(len(watched.Calls))/float64(len(alone.Calls)), command(t))
	remark(t, "a bar is 25 calls for each 200 machines: a list every 5 s in the first minute of a program, or seldomer where it has more than four pages, "+
		"and every minute then; the peer's calls at 10,000 machines are computed from those at the other sizes")
	draw(t, "../../docs/performance-calls.svg", "Calls of DigitalOcean's API in ten minutes", "idle machines", ours, theirs)
}
