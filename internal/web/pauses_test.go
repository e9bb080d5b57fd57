package web

import (
	"math"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dictumal/dictumal/internal/browsertest"
	"github.com/dictumal/dictumal/internal/gateway"
)

// TestViewersOfAServerThatHasEndedComeBackOneAfterTheOther has chance be what it is told:
// 0 is the earliest, and 1 the latest moment.
func TestViewersOfAServerThatHasEndedComeBackOneAfterTheOther(t *testing.T) {
	page := newDesk(t).visit(t, browsertest.Open(t))
	browsertest.Eval[bool](page, `(import(new URL("viewer/pauses.js", document.querySelector("script[type=module]").src))
		.then(({ pause }) => window.pauses = (code, chance) => (Math.random = () => chance,
			Array.from({ length: 10 }, (_, tries) => Math.round(pause(code, tries) / 100)))), true)`)
	page.WaitFor("window.pauses")
	for _, test := range []struct {
		why    string
		code   int
		chance float64
		want   []int // tenths of a second
	}{
		{"a restart, at the earliest", 1012, 0, []int{2, 8, 16, 24, 24, 24, 24, 64, 120, 120}},
		{"a restart, at the latest", 1012, 1, []int{12, 12, 24, 36, 36, 36, 36, 96, 180, 180}},
		{"a line that is lost", 1006, 0.5, []int{7, 10, 20, 30, 30, 30, 30, 80, 150, 150}},
		{"a machine that does not answer", 4003, 0.5, []int{10, 20, 40, 80, 150, 150, 150, 150, 150, 150}},
		{"too many desktops", 4429, 0.5, []int{600, 600, 600, 600, 600, 600, 600, 600, 600, 600}},
	} {
		got := browsertest.Eval[[]int](page, "pauses("+strconv.Itoa(test.code)+", "+strconv.FormatFloat(test.chance, 'g', -1, 64)+")")
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("after %s (-want +got):\n%s", test.why, diff)
		}
	}
}

// TestTheNextTryIsWhenItsPauseIsOver looks at the timers that the page sets, since looks at
// a clock four times a second would bring all viewers back together.
func TestTheNextTryIsWhenItsPauseIsOver(t *testing.T) {
	desk := newDesk(t)
	page := desk.visit(t, browsertest.Open(t))
	const chance = 0.123
	browsertest.Eval[bool](page, `(window.timers = [], window.real = setTimeout, Math.random = () => `+strconv.FormatFloat(chance, 'g', -1, 64)+`,
		window.setTimeout = (act, after, ...rest) => (timers.push(Math.round(after)), real(act, after, ...rest)), true)`)
	desk.gateway.End(desk.deployment.ID, gateway.EndShutdown)
	page.WaitFor(`timers.includes(` + strconv.Itoa(int(math.Round(200+1000*chance))) + `)`)
	page.WaitFor(`document.querySelector("#notice h1").textContent === "The server is restarting"`)
	page.WaitFor(connected)
}
