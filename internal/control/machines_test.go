package control_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/control"
	"github.com/dictumal/dictumal/internal/provider/providertest"
	"github.com/dictumal/dictumal/internal/store"
)

var (
	bob  = dictumal.Principal{User: dictumal.User{ID: "bob", Email: "bob@example.org"}, Session: "s"}
	root = dictumal.Principal{User: dictumal.User{ID: "root", Email: "root@example.org", Admin: true}, Session: "s"}
)

func TestMachinesAreShownWithWhoseTheyAreAndWhatTheyCost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := newYard(t)
		y.deployed("D1", "ada", dictumal.Active, true)
		y.deployed("D2", "bob", dictumal.Active, true)
		y.deployed("D3", "bob", dictumal.Active, false)
		y.deployed("D4", "bob", dictumal.Destroying, false)
		y.add("D5", "ada") // not ordered yet
		lost := y.lost("small")
		strange := y.Add(name()) // of a size that nobody knows
		time.Sleep(time.Hour)
		y.sight(lost)

		fleet := y.machines(root)
		want := []struct {
			standing control.Standing
			id       string // of the deployment
			email    string
			cost     float64
		}{
			{control.StandingUnowned, "", "", 0.01},
			{control.StandingUnowned, "", "", -1},
			{control.StandingMissing, "D3", "bob@example.org", 0.10},
			{control.StandingOwned, "D2", "bob@example.org", 0.10},
			{control.StandingOwned, "D1", "ada@example.org", 0.10},
			{control.StandingRemoving, "D4", "bob@example.org", 0.10},
			{control.StandingMaking, "D5", "ada@example.org", 0},
		}
		if len(fleet.Machines) != len(want) {
			t.Fatalf("%d machines, want %d: %+v", len(fleet.Machines), len(want), fleet.Machines)
		}
		for _, w := range want {
			m, ok := find(fleet.Machines, func(m control.Machine) bool {
				if m.Deployment != nil {
					return m.Deployment.ID == w.id
				}
				return w.id == "" && m.Priced == (w.cost >= 0)
			})
			if !ok || m.Standing != w.standing || m.Email != w.email || m.Priced && math.Abs(m.Cost-w.cost) > 0.001 {
				t.Errorf("%s: %+v, want %+v", w.id, m, w)
			}
		}
		first, _ := find(fleet.Machines, func(m control.Machine) bool { return m.ID == lost.ID })
		if first.Since.IsZero() || !first.RemovedAt.Equal(first.Since.Add(2*time.Minute)) || first.Kept {
			t.Errorf("the lost machine is removed at %s, want two minutes after %s", first.RemovedAt, first.Since)
		}
		second, _ := find(fleet.Machines, func(m control.Machine) bool { return m.ID == strange.ID })
		if !second.Since.IsZero() || !second.RemovedAt.IsZero() {
			t.Errorf("a machine that no sweep has seen is removed at %s", second.RemovedAt)
		}
		if fleet.Machines[0].Standing != control.StandingUnowned || fleet.Failure != nil || y.Calls(providertest.CallList) != 1 {
			t.Errorf("first is %s, failure %+v, %d lists were read", fleet.Machines[0].Standing, fleet.Failure, y.Calls(providertest.CallList))
		}
	})
}

func TestWhoIsNoAdminSeesOwnMachinesOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := newYard(t)
		y.deployed("D1", "ada", dictumal.Active, true)
		y.deployed("D2", "bob", dictumal.Active, true)
		y.sight(y.lost("small"))
		time.Sleep(time.Hour)
		fleet := y.machines(ada)
		if len(fleet.Machines) != 1 || fleet.Machines[0].Deployment.ID != "D1" || fleet.Machines[0].Email != "ada@example.org" {
			t.Errorf("ada sees %+v", fleet.Machines)
		}
		if fleet.All != (control.Spend{}) || math.Abs(fleet.Own.Spent-0.1) > 0.001 {
			t.Errorf("ada is told of %+v and %+v", fleet.Own, fleet.All)
		}
		bound := ada
		bound.OnlyDesktop = "D1"
		if _, err := y.Control.Machines(t.Context(), bound); dictumal.ErrorCode(err) != dictumal.CodeForbidden {
			t.Errorf("a session for one desktop gets %v", err)
		}
	})
}

func TestWithoutAListTheRowsTellAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := newYard(t)
		y.deployed("D1", "ada", dictumal.Active, true)
		y.Fail(providertest.CallList, providertest.Fault{Err: errors.New("secret of the transport")})
		y.Fail(providertest.CallCatalog, providertest.Fault{Err: errors.New("secret of the transport")})
		y.sight(dictumal.Machine{ID: "m-9", Name: "dictumal-here-0", Size: "small", CreatedAt: time.Now()})
		fleet := y.machines(ada)
		if len(fleet.Machines) != 1 || fleet.Machines[0].Standing != control.StandingUnknown {
			t.Errorf("the rows tell %+v", fleet.Machines)
		}
		if fleet.Failure == nil || strings.Contains(fleet.Failure.Cause, "secret") || fleet.Failure.NextStep == "" {
			t.Errorf("the failure is %+v", fleet.Failure)
		}
		y.Fail(providertest.CallList, providertest.Fault{Err: errors.New("no answer")})
		if fleet := y.machines(root); len(fleet.Machines) != 2 || fleet.Machines[0].ID != "m-9" || !fleet.Machines[0].Priced {
			t.Errorf("an admin is told of %+v", fleet.Machines)
		}
	})
}

func TestASecondMachineOfOneOrderBelongsToNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := newYard(t)
		row := y.deployed("D1", "ada", dictumal.Active, true)
		y.Add(row.MachineName)
		fleet := y.machines(root)
		if len(fleet.Machines) != 2 || fleet.Machines[0].Standing != control.StandingUnowned || fleet.Machines[1].Standing != control.StandingOwned {
			t.Errorf("%+v", fleet.Machines)
		}
	})
}

// Private

// yard is a desk with machines, in a bubble of its own time.
type yard struct {
	*desk
	*providertest.Memory
}

func newYard(t *testing.T) *yard {
	t.Helper()
	d := newDesk(t, "")
	d.Grace = 2 * time.Minute
	for _, p := range []dictumal.Principal{bob, root} {
		if err := d.store.AddUser(t.Context(), dictumal.User{ID: p.User.ID, Email: p.User.Email, Admin: p.User.Admin, CreatedAt: time.Now()}, "local", p.User.ID); err != nil {
			t.Fatal(err)
		}
	}
	return &yard{d, d.Provider.(*providertest.Memory)}
}

func name() string { return dictumal.MachineName("here", ulid.Make().String()) }

func (y *yard) add(id, owner string) {
	y.t.Helper()
	row := store.Row{Deployment: dictumal.Deployment{
		ID: id, Owner: owner, Stream: dictumal.Native, Provider: "memory", Region: "here", Size: "large", PricePerHour: 0.1,
		CreatedAt: time.Now(), Constitution: dictumal.ConstitutionRef{ID: "C", Title: "Desk", Version: 3, Hash: "abc"},
	}}
	if _, _, err := y.store.AddDeployment(y.t.Context(), store.Order{Row: row, PerUser: 10, Total: 10}); err != nil {
		y.t.Fatal(err)
	}
}

// deployed makes a deployment with a machine, which is listed or not.
func (y *yard) deployed(id, owner string, status dictumal.Status, listed bool) store.Row {
	y.t.Helper()
	y.add(id, owner)
	row := y.claim(id)
	row.Status, row.MachineName, row.MachineID, row.OrderedAt = status, name(), "m-0", time.Now()
	if listed {
		made, err := y.Create(y.t.Context(), dictumal.MachineSpec{Name: row.MachineName, Size: "large"})
		if err != nil {
			y.t.Fatal(err)
		}
		row.MachineID = made.ID
	}
	y.save(row)
	return row
}

func (y *yard) claim(id string) store.Row {
	y.t.Helper()
	row, ok, err := y.store.Claim(y.t.Context(), "test", 24*time.Hour)
	if err != nil || !ok || row.ID != id {
		y.t.Fatalf("claimed %s, %v, %v; want %s", row.ID, ok, err, id)
	}
	return row
}

// lost makes a machine of which no row knows.
func (y *yard) lost(size string) dictumal.Machine {
	y.t.Helper()
	m, err := y.Create(y.t.Context(), dictumal.MachineSpec{Name: "dictumal-here-00000000000000000000000000", Size: size})
	if err != nil {
		y.t.Fatal(err)
	}
	return m
}

func (y *yard) sight(unowned ...dictumal.Machine) {
	y.t.Helper()
	if _, err := y.store.Sight(y.t.Context(), unowned); err != nil {
		y.t.Fatal(err)
	}
}

func (y *yard) machines(p dictumal.Principal) control.Fleet {
	y.t.Helper()
	fleet, err := y.Control.Machines(y.t.Context(), p)
	if err != nil {
		y.t.Fatal(err)
	}
	return fleet
}

func find(all []control.Machine, is func(control.Machine) bool) (control.Machine, bool) {
	for _, m := range all {
		if is(m) {
			return m, true
		}
	}
	return control.Machine{}, false
}
