package control_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/control"
	"github.com/dictumal/dictumal/internal/store"
)

// made is when the deployments of these tests were ordered.
var made = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestAnExtensionIsAnsweredBySentences(t *testing.T) {
	by, until := func(d time.Duration) control.Extension { return control.Extension{By: d} }, func(d time.Duration) control.Extension {
		return control.Extension{Until: made.Add(d)}
	}
	for _, test := range []struct {
		name string
		ask  control.Extension
		want time.Duration // of life; 0: refused
		code dictumal.Code
		say  string
	}{
		{"by a length of time", by(time.Hour), 9 * time.Hour, "", ""},
		{"until a moment", until(10 * time.Hour), 10 * time.Hour, "", ""},
		{"until the end that it has, which changes nothing", until(8 * time.Hour), 8 * time.Hour, "", ""},
		{"as far as it goes", until(24 * time.Hour), 24 * time.Hour, "", ""},
		{"too far", by(17 * time.Hour), 0, dictumal.CodeInvalid, "may be extended until 12:00:00 UTC on 2 March 2026, 1 day after it was made (DICTUMAL_MAX_TTL)"},
		{"to an earlier end", until(7 * time.Hour), 0, dictumal.CodeInvalid, "ends at 20:00:00 UTC on 1 March 2026 already"},
		{"by nothing", control.Extension{}, 0, dictumal.CodeInvalid, "Say either by how long"},
		{"in both ways", control.Extension{By: time.Hour, Until: made.Add(9 * time.Hour)}, 0, dictumal.CodeInvalid, "Say either by how long"},
		{"by less than nothing", by(-time.Hour), 0, dictumal.CodeInvalid, "by a minute at least"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDesk(t, "")
			d.MaxTTL = 24 * time.Hour
			d.granted("D1", dictumal.Active, dictumal.LifetimePolicy{TTL: 8 * time.Hour})
			got, err := d.Extend(t.Context(), ada, "D1", test.ask)
			if test.say != "" {
				if dictumal.ErrorCode(err) != test.code || !strings.Contains(err.Error(), test.say) {
					t.Errorf("error = %v, want %s: %q", err, test.code, test.say)
				}
				return
			}
			if err != nil || !got.ExpiresAt.Equal(made.Add(test.want)) {
				t.Errorf("it ends at %s (%v), want %s of life", got.ExpiresAt, err, test.want)
			}
		})
	}
}

func TestOnlyWhatEndsByItsTimeIsExtended(t *testing.T) {
	eight := dictumal.LifetimePolicy{TTL: 8 * time.Hour}
	for _, test := range []struct {
		name     string
		status   dictumal.Status
		lifetime dictumal.LifetimePolicy
		say      string
	}{
		{"one that is being made", dictumal.Provisioning, eight, ""},
		{"one that boots", dictumal.Configuring, eight, ""},
		{"one that has failed", dictumal.Errored, eight, "not there any more"},
		{"one that is being destroyed", dictumal.Destroying, eight, "not there any more"},
		{"one that is destroyed", dictumal.Destroyed, eight, "not there any more"},
		{"one without an end", dictumal.Active, dictumal.LifetimePolicy{}, "does not end by itself"},
		{"one whose budget ends first", dictumal.Active, dictumal.LifetimePolicy{TTL: 8 * time.Hour, Budget: 1}, "ends by its budget (lifetime.budget)"},
		{"one whose budget ends later", dictumal.Active, dictumal.LifetimePolicy{TTL: 8 * time.Hour, Budget: 9}, ""},
		{"one that the constitution gives more than the installation", dictumal.Active, dictumal.LifetimePolicy{TTL: 30 * time.Hour}, "cannot be extended any more"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDesk(t, "")
			d.MaxTTL = 24 * time.Hour
			d.granted("D1", test.status, test.lifetime)
			_, err := d.Extend(t.Context(), ada, "D1", control.Extension{By: time.Hour})
			if (test.say == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), test.say) {
				t.Errorf("error = %v, want %q", err, test.say)
			}
		})
	}
}

func TestNobodyElseExtends(t *testing.T) {
	d := newDesk(t, "")
	d.MaxTTL = 24 * time.Hour
	d.granted("D1", dictumal.Active, dictumal.LifetimePolicy{TTL: 8 * time.Hour})
	viewer := ada
	viewer.OnlyDesktop = "D1"
	for who, code := range map[*dictumal.Principal]dictumal.Code{
		&bob: dictumal.CodeNotFound, &viewer: dictumal.CodeForbidden, &root: dictumal.CodeForbidden,
	} {
		if _, err := d.Extend(t.Context(), *who, "D1", control.Extension{By: time.Hour}); dictumal.ErrorCode(err) != code {
			t.Errorf("%+v is answered %v, want %s", *who, err, code)
		}
	}
}

func TestExtensionsAtTheSameTimeAddUp(t *testing.T) {
	d := newDesk(t, "")
	d.MaxTTL = 24 * time.Hour
	d.granted("D1", dictumal.Active, dictumal.LifetimePolicy{TTL: 8 * time.Hour})
	var people sync.WaitGroup
	for range 8 {
		people.Go(func() {
			if _, err := d.Extend(t.Context(), ada, "D1", control.Extension{By: time.Hour}); err != nil {
				t.Error(err)
			}
		})
	}
	people.Wait()
	got, err := d.Deployment(t.Context(), ada, "D1")
	if err != nil || !got.ExpiresAt.Equal(made.Add(16*time.Hour)) {
		t.Errorf("it ends at %s, %v", got.ExpiresAt, err)
	}
	d.noted("D1", "The lifetime was extended by 1 hour to 21:00:00 UTC on 1 March 2026 by ada@example.org.")
}

func TestAClickExtendsByAnHourOrAsFarAsItGoes(t *testing.T) {
	d := newDesk(t, "")
	d.MaxTTL = 24 * time.Hour
	for _, test := range []struct {
		name     string
		lifetime time.Duration
		want     time.Duration // 0: not at all
	}{
		{"an hour", 8 * time.Hour, 9 * time.Hour},
		{"what is left", 24*time.Hour - time.Minute, 24 * time.Hour},
		{"nothing is left", 24 * time.Hour, 0},
		{"it does not end", 0, 0},
	} {
		asked := dictumal.Deployment{Status: dictumal.Active, CreatedAt: made}
		if test.lifetime > 0 {
			asked.ExpiresAt = made.Add(test.lifetime)
		}
		until, ok := d.Extendable(asked)
		if ok != (test.want > 0) || ok && !until.Equal(made.Add(test.want)) {
			t.Errorf("%s: %s, %t", test.name, until, ok)
		}
	}
}

// Private

// granted is a deployment of a dollar an hour that was made at noon.
func (d *desk) granted(id string, status dictumal.Status, lifetime dictumal.LifetimePolicy) {
	d.t.Helper()
	row := store.Row{Deployment: dictumal.Deployment{
		ID: id, Owner: "ada", Stream: dictumal.Native, CreatedAt: made, PricePerHour: 1, Provider: "memory",
		Constitution: dictumal.ConstitutionRef{ID: "C", Title: "Desk", Version: 1}, Region: "here", Size: "small",
		Policy: dictumal.Policy{Lifetime: lifetime},
	}}
	if lifetime.TTL > 0 {
		row.ExpiresAt = made.Add(lifetime.TTL)
	}
	if _, _, err := d.store.AddDeployment(d.t.Context(), store.Order{Row: row, PerUser: 10, Total: 10}); err != nil {
		d.t.Fatal(err)
	}
	row, ok, err := d.store.Claim(d.t.Context(), "test", time.Minute)
	if err != nil || !ok {
		d.t.Fatalf("claim: %v, %v", ok, err)
	}
	row.Status, row.MachineName, row.OrderedAt = status, "dictumal-here-"+id, made
	d.save(row)
}
