package simulation_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/simulation"
	"github.com/dictumal/dictumal/internal/store"
)

// story is what a ledger is told in a test.
type story struct {
	*simulation.Ledger
	row store.Row
}

func (s *story) ordered() {
	s.row = store.Row{Deployment: dictumal.Deployment{
		ID: "D", Owner: "ada", Generation: 1, CreatedAt: time.Now(), Status: dictumal.Provisioning,
		Progress: dictumal.Progress{Stage: dictumal.ProvisioningDroplet},
	}}
	s.Do(func(now time.Time) { s.Ordered(now, s.row) })
	s.saved(func() { s.row.MachineName = "name" })
}

// saved changes the row, and tells of a change of its status.
func (s *story) saved(change func()) {
	before := s.row.Status
	change()
	var entries []store.Entry
	if s.row.Status != before {
		entries = []store.Entry{{Event: dictumal.Event{Kind: dictumal.EventStatus, Status: s.row.Status}}}
	}
	s.told(entries...)
}

func (s *story) told(entries ...store.Entry) {
	s.Do(func(now time.Time) { s.Saved(now, s.row, entries) })
}

func (s *story) made(id string, change ...func(*simulation.Birth)) {
	birth := simulation.Birth{ID: id, Name: "name", Deployment: "D"}
	for _, c := range change {
		c(&birth)
	}
	s.Do(func(now time.Time) { s.Made(now, birth) })
}

func (s *story) up() {
	s.ordered()
	s.made("m-1")
	s.saved(func() { s.row.MachineID, s.row.Status, s.row.ConfiguringAt = "m-1", dictumal.Configuring, time.Now() })
	s.saved(func() { s.row.Status = dictumal.Active })
}

func (s *story) gone(id string)  { s.Do(func(now time.Time) { s.Gone(now, id) }) }
func (s *story) swept(id string) { s.Do(func(now time.Time) { s.Swept(now, id) }) }

func (s *story) failed(reason dictumal.Reason, next string) {
	s.saved(func() {
		s.row.Status, s.row.ErrorAt = dictumal.Errored, time.Now()
		s.row.Failure = &dictumal.Failure{Reason: reason, Cause: "Something happened.", NextStep: next}
	})
}

func (s *story) destroyed() {
	s.Do(func(now time.Time) { s.Ended(now, "D") })
	s.row.Generation, s.row.Status = 2, dictumal.Destroying
}

func (s *story) ended() {
	s.saved(func() { s.row.Status, s.row.MachineGoneAt = dictumal.Destroyed, time.Now() })
}

// after lets time pass, at the end of which the ledger looks.
func (s *story) after(span time.Duration) {
	time.Sleep(span)
	s.Do(func(time.Time) {})
}

// TestTheLedgerSeesEachBrokenPromise tells ledgers of what must not be, and of what
// is next to it and may.
func TestTheLedgerSeesEachBrokenPromise(t *testing.T) {
	again := func(b *simulation.Birth) { b.Again = true }
	elsewhere := func(b *simulation.Birth) { b.Name = "another" }
	for name, test := range map[string]struct {
		tell func(s *story)
		want simulation.Invariant
	}{
		"a life without fault": {func(s *story) {
			s.up()
			s.destroyed()
			s.gone("m-1")
			s.ended()
			s.after(time.Hour)
		}, ""},
		"a machine of which no row says that it was ordered": {func(s *story) { s.ordered(); s.made("m-1", elsewhere) }, simulation.NoOrphan},
		"a second machine of one order that stays": {func(s *story) {
			s.up()
			s.made("m-2", again)
			s.after(6 * time.Minute)
		}, simulation.NoOrphan},
		"a second machine of one order that is removed in time": {func(s *story) {
			s.up()
			s.made("m-2", again)
			s.after(4 * time.Minute)
			s.swept("m-2")
			s.gone("m-2")
			s.after(time.Hour)
		}, ""},
		"a machine for a row that has one":       {func(s *story) { s.up(); s.made("m-2") }, simulation.NoDouble},
		"DESTROYED with a machine":               {func(s *story) { s.up(); s.destroyed(); s.ended() }, simulation.NoFalseEnd},
		"an ERROR that says its machine is gone": {func(s *story) { s.up(); s.row.MachineGoneAt = time.Now(); s.failed("x", "y") }, simulation.NoFalseEnd},
		"a row that lets go of its machine":      {func(s *story) { s.up(); s.saved(func() { s.row.MachineName = "another" }) }, simulation.NoLoss},
		"a row that does not miss its machine":   {func(s *story) { s.up(); s.gone("m-1"); s.after(4 * time.Minute) }, simulation.NoLoss},
		"an ERROR without a next step":           {func(s *story) { s.up(); s.failed(dictumal.ReasonNoRoom, "") }, simulation.Explained},
		"an ERROR that is not true: vanished":    {func(s *story) { s.up(); s.failed(dictumal.ReasonMachineVanished, "Look.") }, simulation.Explained},
		"an ERROR that is not true: off":         {func(s *story) { s.up(); s.failed(dictumal.ReasonMachineOff, "Look.") }, simulation.Explained},
		"an ERROR that is not true: too slow":    {func(s *story) { s.ordered(); s.failed(dictumal.ReasonProvisioningTimeout, "Look.") }, simulation.Explained},
		"an ERROR that is true":                  {func(s *story) { s.up(); s.gone("m-1"); s.failed(dictumal.ReasonMachineVanished, "Look.") }, ""},
		"a machine that runs on when its row has ended": {func(s *story) {
			s.up()
			s.made("m-2", again)
			s.saved(func() { s.row.MachineID = "" }) // both are the row's
			s.after(20 * time.Minute)
			s.gone("m-2")
		}, simulation.Bill},
		"one deployment more than the cap":          {func(s *story) { s.ordered(); s.row.ID = "E"; s.Do(func(now time.Time) { s.Ordered(now, s.row) }) }, simulation.Bill},
		"a sweeper that removes what a row owns":    {func(s *story) { s.up(); s.swept("m-1") }, simulation.NoFalseKill},
		"a sweeper that removes what is being made": {func(s *story) { s.ordered(); s.made("m-1"); s.swept("m-1") }, simulation.NoFalseKill},
		"PROVISIONING for twelve minutes":           {func(s *story) { s.ordered(); s.after(12 * time.Minute) }, simulation.Liveness},
		"PROVISIONING for ten minutes": {func(s *story) {
			s.ordered()
			s.after(10 * time.Minute)
			s.failed(dictumal.ReasonProvisioningTimeout, "Look.")
		}, ""},
		"DESTROYING for an hour":     {func(s *story) { s.up(); s.destroyed(); s.after(time.Hour) }, simulation.Liveness},
		"too many calls in a minute": {func(s *story) { s.Do(func(now time.Time) { s.Called(now, 251) }) }, simulation.Budget},
		"as many calls as may be in each minute": {func(s *story) {
			for range 16 {
				s.Do(func(now time.Time) { s.Called(now, 250) })
				time.Sleep(time.Minute)
			}
		}, ""},
		"too many calls in an hour": {func(s *story) {
			for range 41 {
				s.Do(func(now time.Time) { s.Called(now, 100) })
				time.Sleep(time.Minute)
			}
		}, simulation.Budget},
		"a move that is not allowed":   {func(s *story) { s.ordered(); s.saved(func() { s.row.Status = dictumal.Active }) }, simulation.History},
		"a move of which nobody tells": {func(s *story) { s.ordered(); s.row.Status = dictumal.Configuring; s.told() }, simulation.History},
		"a move that is told twice":    {func(s *story) { s.twice() }, simulation.History},
		"progress that goes back":      {func(s *story) { s.back() }, simulation.History},
		"what a person asked for meanwhile": {func(s *story) {
			s.up()
			late := s.row // as a worker has it that knows nothing of it
			s.destroyed()
			s.row = late
			s.failed(dictumal.ReasonNoRoom, "Look.")
			s.gone("m-1")
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &story{Ledger: simulation.NewLedger(simulation.Bounds{
					Orphan: 5 * time.Minute, Gone: 3 * time.Minute, Overspend: 5 * time.Minute, Provision: 10 * time.Minute,
					Configure: 20 * time.Minute, Destroy: 5 * time.Minute, ErrorKeep: time.Hour,
					PerUser: 1, Total: 1, CallsMinute: 250, CallsHour: 4000,
				})}
				test.tell(s)
				s.wants(t, test.want)
			})
		})
	}
}

func (s *story) wants(t *testing.T, first simulation.Invariant) {
	t.Helper()
	broken := s.Violations()
	switch {
	case first == "" && len(broken) > 0:
		t.Errorf("broken: %s", broken[0])
	case first != "" && (len(broken) == 0 || broken[0].Invariant != first):
		t.Errorf("broken: %v, want %s first", broken, first)
	}
}

func (s *story) twice() {
	s.ordered()
	s.row.Status = dictumal.Configuring
	entry := store.Entry{Event: dictumal.Event{Kind: dictumal.EventStatus, Status: dictumal.Configuring}}
	s.told(entry, entry)
}

func (s *story) back() {
	s.ordered()
	s.saved(func() { s.row.Progress.Stage = dictumal.InstallingPackages })
	s.saved(func() { s.row.Progress.Stage = dictumal.WaitingForIP })
}
