package simulation_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/dictumal/dictumal/internal/simulation"
)

// TestTheLedgerSeesWhoHasNoRight tells ledgers of what several replicas do with a row,
// and with the sweep.
func TestTheLedgerSeesWhoHasNoRight(t *testing.T) {
	for name, test := range map[string]struct {
		tell func(s *story)
		want simulation.Invariant
	}{
		"a worker who keeps its claim": {func(s *story) {
			s.claimed("one")
			s.after(9 * time.Second)
			s.asked("one")
			s.renewed("one")
			s.after(10 * time.Second)
			s.asked("one")
			s.wrote("one", false)
			s.claimed("two")
			s.wrote("two", true)
		}, ""},
		"a claim on a row that another one holds": {func(s *story) { s.claimed("one"); s.after(29 * time.Second); s.claimed("two") }, simulation.Alone},
		"a claim on a row that has run out":       {func(s *story) { s.claimed("one"); s.after(30 * time.Second); s.claimed("two") }, ""},
		"a save of one that was overtaken":        {func(s *story) { s.claimed("one"); s.after(time.Minute); s.claimed("two"); s.wrote("one", true) }, simulation.Alone},
		"a renewal of one that was overtaken":     {func(s *story) { s.claimed("one"); s.after(time.Minute); s.claimed("two"); s.renewed("one") }, simulation.Alone},
		"a save of one that has let go":           {func(s *story) { s.claimed("one"); s.wrote("one", false); s.wrote("one", false) }, simulation.Alone},
		"a call for a row of another":             {func(s *story) { s.claimed("one"); s.asked("two") }, simulation.Alone},
		"a call that may outlast the claim":       {func(s *story) { s.claimed("one"); s.after(11 * time.Second); s.asked("one") }, simulation.Alone},
		"two replicas that may sweep":             {func(s *story) { s.held("one"); s.after(time.Minute); s.held("two") }, simulation.OneSweep},
		"one that sweeps after the other": {func(s *story) {
			s.held("one")
			s.sweeps("one")
			s.after(90 * time.Second)
			s.held("two")
			s.sweeps("two")
		}, ""},
		"one that sweeps while the other may": {func(s *story) { s.held("one"); s.after(90 * time.Second); s.held("two"); s.sweeps("one") }, simulation.OneSweep},
		"a sweep that may outlast its turn":   {func(s *story) { s.held("one"); s.after(71 * time.Second); s.sweeps("one") }, simulation.OneSweep},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &story{Ledger: simulation.NewLedger(simulation.Bounds{
					Orphan: time.Hour, Gone: time.Hour, Overspend: time.Hour, Provision: time.Hour, PerUser: 1, Total: 1,
				})}
				s.ordered()
				test.tell(s)
				s.wants(t, test.want)
			})
		})
	}
}

// Private

func (s *story) claimed(holder string) {
	s.Do(func(now time.Time) { s.Claimed(now, "D", holder, now.Add(30*time.Second)) })
}

func (s *story) renewed(holder string) {
	s.Do(func(now time.Time) { s.Renewed(now, "D", holder, now.Add(30*time.Second)) })
}

func (s *story) wrote(holder string, goesOn bool) {
	s.Do(func(now time.Time) { s.Wrote(now, "D", holder, goesOn) })
}

func (s *story) asked(holder string) { s.Do(func(now time.Time) { s.Asked(now, "D", holder) }) }

func (s *story) held(holder string) {
	s.Do(func(now time.Time) { s.Held(now, holder, now.Add(90*time.Second)) })
}

func (s *story) sweeps(holder string) { s.Do(func(now time.Time) { s.Sweeps(now, holder) }) }
