package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

// filled has something in every column that people may see.
func filled(t *testing.T, s *store.Store) store.Row {
	t.Helper()
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	o := order("D1")
	o.Row.Constitution = dictumal.ConstitutionRef{ID: "C1", Title: "A desk", Version: 3, Hash: "abc"}
	o.Row.Policy = dictumal.Policy{Title: "A desk", Software: dictumal.SoftwarePolicy{Packages: []string{"git", "vim", "tmux"}}}
	o.Row.Provider, o.Row.Region, o.Row.Size, o.Row.PricePerHour = "incus", "local", "small", 0.25
	o.Row.Billing = dictumal.Billing{Minimum: time.Minute}
	o.Row.ExpiresAt = at.Add(time.Hour)
	add(t, s, o)
	row := claim(t, s, time.Minute)
	row.Status, row.Progress.Stage, row.Progress.Checks = dictumal.Active, dictumal.StageActive, map[dictumal.Check]bool{dictumal.CheckSSH22: true}
	row.Failure, row.Warning = &dictumal.Failure{Reason: "r", Cause: "c", NextStep: "n"}, &dictumal.Failure{Reason: "w"}
	row.MachineName, row.MachineID, row.IP = "dictumal-x-1", "17", "192.0.2.1"
	row.ConfiguringAt, row.ActiveAt, row.ErrorAt, row.DestroyedAt = at, at.Add(1), at.Add(2000), at.Add(3000)
	row.OrderedAt, row.MachineGoneAt, row.RemindedAt = at.Add(4000), at.Add(5000), at.Add(6000)
	row.Proof = dictumal.Proof{Absences: 3, Since: at.Add(7000)}
	row.ClientKey, row.HostKey = "sealed", "sealed, too"
	if err := s.Save(t.Context(), row, store.Outcome{Keep: true}); err != nil {
		t.Fatal(err)
	}
	whole, err := s.Deployment(t.Context(), "D1")
	if err != nil {
		t.Fatal(err)
	}
	return whole
}

func TestWhatIsShownIsWhatTheWholeRowSays(t *testing.T) {
	s := open(t)
	whole := filled(t, s)
	want := whole.Deployment
	for name, column := range map[string]bool{
		"failure": want.Failure == nil, "warning": want.Warning == nil, "proof": want.Proof.Since.IsZero(), "reminded": want.RemindedAt.IsZero(),
		"gone": want.MachineGoneAt.IsZero(), "ordered": want.OrderedAt.IsZero(), "billing": want.Billing == dictumal.Billing{}, "packages": want.Policy.Software.Packages == nil,
	} {
		if column {
			t.Errorf("the row has no %s, so that nothing is compared", name)
		}
	}
	for range 2 { // the second time with a policy that is known
		shown, err := s.Shown(t.Context(), "D1")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, shown); diff != "" {
			t.Error(diff)
		}
	}
	for name, list := range map[string]func() ([]dictumal.Deployment, error){
		"of the owner":        func() ([]dictumal.Deployment, error) { return s.Deployments(t.Context(), want.Owner, "", 10) },
		"older than another":  func() ([]dictumal.Deployment, error) { return s.Deployments(t.Context(), want.Owner, "E", 10) },
		"of the constitution": func() ([]dictumal.Deployment, error) { return s.DeploymentsOf(t.Context(), want.Owner, "C1") },
	} {
		got, err := list()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]dictumal.Deployment{want}, got); diff != "" {
			t.Errorf("the list %s: %s", name, diff)
		}
	}
	if older, err := s.Deployments(t.Context(), want.Owner, "D1", 10); err != nil || len(older) != 0 {
		t.Errorf("older than the only one: %v, %v", older, err)
	}
}

func TestWhoAddsToAPolicyAddsForThemselves(t *testing.T) {
	s := open(t)
	filled(t, s)
	packages := func() []string {
		shown, err := s.Shown(t.Context(), "D1")
		if err != nil {
			t.Fatal(err)
		}
		return shown.Policy.Software.Packages
	}
	first, second := append(packages(), "emacs"), append(packages(), "nano")
	if first[3] != "emacs" || second[3] != "nano" || len(packages()) != 3 {
		t.Errorf("got %q and %q, and %q is kept", first, second, packages())
	}
}
