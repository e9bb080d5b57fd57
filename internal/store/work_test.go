package store_test

import (
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

func TestAWakeUpIsKeptThoughTheWorkerIsSlowerThanItsFirstLease(t *testing.T) {
	s := open(t)
	add(t, s, order("D1"))
	row := claim(t, s, time.Millisecond)
	row.MachineName = "dictumal-x-1"
	if err := s.Save(t.Context(), row, store.Outcome{Keep: true}); err != nil {
		t.Fatal(err)
	}
	if err := s.Renew(t.Context(), row, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(2 * time.Millisecond); time.Now().Before(end); {
		continue // the first lease runs out
	}
	if err := s.Wake(t.Context(), "dictumal-x-1"); err != nil {
		t.Fatal(err)
	}
	if err := s.Save(t.Context(), row, store.Outcome{Wake: time.Now().Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	claim(t, s, time.Hour)
}

func TestOwnershipKnowsTheIDsOfMachines(t *testing.T) {
	s := open(t)
	for i, id := range []string{"D1", "D2", "D3", "D4"} {
		add(t, s, order(id))
		row := claim(t, s, time.Hour)
		row.MachineName = "dictumal-x-" + id
		row.MachineID = []string{"m-1", "", "m-3", "m-4"}[i]
		if id == "D3" {
			row.MachineGoneAt = time.Now()
		}
		if id == "D4" {
			row.Status = dictumal.Configuring
		}
		if err := s.Save(t.Context(), row, store.Outcome{Wake: time.Now().Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
	}
	owned, err := s.Ownership(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(owned.Names) != 3 || len(owned.IDs) != 2 || owned.IDs["dictumal-x-D1"] != "m-1" {
		t.Errorf("ownership = %+v", owned)
	}
	if owned.Settled["dictumal-x-D1"] || !owned.Settled["dictumal-x-D4"] {
		t.Errorf("ownership = %+v, want that only D4 takes over no other id", owned)
	}
}

func TestASightingIsKeptAsLongAsTheMachineIsListed(t *testing.T) {
	s := open(t)
	stray := []dictumal.Machine{{ID: "m-1", Name: "stray"}}
	first, err := s.Sight(t.Context(), stray)
	if err != nil {
		t.Fatal(err)
	}
	again, err := s.Sight(t.Context(), stray)
	if err != nil || again["stray"] != first["stray"] {
		t.Errorf("seen since %v, then %v (%v); want the first time", first, again, err)
	}
	if none, err := s.Sight(t.Context(), nil); err != nil || len(none) != 0 {
		t.Errorf("seen %v, %v", none, err)
	}
	later, err := s.Sight(t.Context(), stray)
	if err != nil || later["stray"] == first["stray"] {
		t.Errorf("seen since %v (%v); want a new sighting after it was gone", later, err)
	}
}

func TestASweepIsConfirmedUpToAName(t *testing.T) {
	s := open(t)
	for _, want := range []string{"", "a", "b"} {
		if want != "" {
			if err := s.ConfirmSweep(t.Context(), want); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := s.SweepConfirmed(t.Context()); err != nil || got != want {
			t.Errorf("confirmed = %q, %v; want %q", got, err, want)
		}
	}
}
