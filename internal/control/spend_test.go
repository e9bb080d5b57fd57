package control_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/control"
	"github.com/dictumal/dictumal/internal/provider/providertest"
	"github.com/dictumal/dictumal/internal/store"
)

// Large machines cost $0.10 an hour, and small ones $0.01.
func TestAnOrderBeyondWhatMayBeSpentIsRefusedWithASentence(t *testing.T) {
	for _, test := range []struct {
		name string
		set  func(*yard)
		want string // empty: it is ordered
	}{
		{"with room", func(y *yard) { y.SpendTotal, y.SpendPerUser = 1.1, 1.1 }, ""},
		{"beyond the installation's", func(y *yard) { y.SpendTotal = 0.9 }, "This installation may spend $0.90 in a calendar month (DICTUMAL_MAX_SPEND): " +
			"$0.30 of it is spent, the machines that are there may cost $0.22 more, and this one up to $0.41. " +
			"Destroy a machine that is not needed, choose a smaller size or a shorter lifetime, or ask for a higher limit."},
		{"beyond the user's", func(y *yard) { y.SpendPerUser = 0.7 }, "You may spend $0.70 in a calendar month (DICTUMAL_MAX_SPEND_PER_USER): " +
			"$0.20 of it is spent, the machines that are there may cost $0.11 more"},
		{"a machine that no row owns takes from the installation's", func(y *yard) {
			y.SpendTotal = 1.1
			y.sight(dictumal.Machine{Name: "dictumal-here-z", Size: "small", CreatedAt: time.Now()}) // kept
		}, "may cost $7.66 more"},
		{"nobody can say what a machine costs", func(y *yard) {
			y.SpendTotal = 1.1
			y.Fail(providertest.CallCatalog, providertest.Fault{}, providertest.Fault{Err: errors.New("no answer")})
		}, "Something went wrong"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				y := newYard(t)
				y.living("D1", "ada", dictumal.Errored)
				y.living("D2", "bob", dictumal.Destroying)
				y.living("D3", "ada", dictumal.Destroyed)
				time.Sleep(time.Hour)
				law, err := y.CreateConstitution(t.Context(), ada, "---\ntitle: Desk\nmachine: {size: large}\nlifetime: {ttl: 4h}\n---\n\nA desk.\n")
				if err != nil {
					t.Fatal(err)
				}
				test.set(y)
				_, _, err = y.Deploy(t.Context(), ada, control.DeployRequest{ConstitutionID: law.ID})
				if test.want == "" {
					if err != nil {
						t.Errorf("refused: %v", err)
					}
					return
				}
				if err == nil || !strings.HasPrefix(dictumal.ErrorMessage(err), test.want) && !strings.Contains(dictumal.ErrorMessage(err), test.want) {
					t.Errorf("error = %v, want %q", err, test.want)
				}
			})
		})
	}
}

func TestAnExtensionBeyondWhatMayBeSpentIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := newYard(t)
		y.MaxTTL, y.SpendPerUser = 24*time.Hour, 0.35
		y.living("D1", "ada", dictumal.Active) // two hours
		if _, err := y.Extend(t.Context(), ada, "D1", control.Extension{By: time.Hour}); err != nil {
			t.Fatalf("extend with room: %v", err)
		}
		_, err := y.Extend(t.Context(), ada, "D1", control.Extension{By: time.Hour})
		if dictumal.ErrorCode(err) != dictumal.CodeConflict || !strings.Contains(dictumal.ErrorMessage(err), "You may spend $0.35") {
			t.Errorf("error = %v", err)
		}
		if d, err := y.Deployment(t.Context(), ada, "D1"); err != nil || d.ExpiresAt.Sub(d.CreatedAt) != 3*time.Hour {
			t.Errorf("it ends at %s, %v", d.ExpiresAt, err)
		}
	})
}

func TestTheProvidersHealthIsToldWhereItIsKnown(t *testing.T) {
	y := newYard(t)
	if got, err := y.Health(ada); err != nil || !got.OK {
		t.Errorf("a provider that does not tell is %+v", got)
	}
	y.Provider = sick{y.Memory}
	if got, err := y.Health(ada); err != nil || got.OK || got.Failure == nil {
		t.Errorf("a provider that does not answer is %+v", got)
	}
}

// Private

// sick is a provider that does not answer.
type sick struct{ *providertest.Memory }

func (sick) Health() dictumal.Health {
	return dictumal.Health{Failure: &dictumal.Failure{Reason: dictumal.ReasonProviderDown}}
}

// living makes a deployment that lives for two hours, and whose machine is there
// until it is destroyed.
func (y *yard) living(id, owner string, status dictumal.Status) {
	y.t.Helper()
	row := store.Row{Deployment: dictumal.Deployment{
		ID: id, Owner: owner, Stream: dictumal.Native, Provider: "memory", PricePerHour: 0.1,
		CreatedAt: time.Now(), ExpiresAt: time.Now().Add(2 * time.Hour),
	}}
	if _, _, err := y.store.AddDeployment(y.t.Context(), store.Order{Row: row, PerUser: 10, Total: 10}); err != nil {
		y.t.Fatal(err)
	}
	row = y.claim(id)
	row.Status, row.MachineName, row.OrderedAt = status, name(), time.Now()
	if status == dictumal.Destroyed {
		row.DestroyedAt, row.MachineGoneAt = time.Now().Add(time.Hour), time.Now().Add(time.Hour)
	}
	y.save(row)
}
