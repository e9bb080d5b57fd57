package dictumal_test

import (
	"math"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
)

func TestWhatADeploymentMayStillCost(t *testing.T) {
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	reserve := dictumal.RemovalReserve.Hours()
	running := dictumal.Deployment{
		Status: dictumal.Active, PricePerHour: 1, Billing: cloud, MachineName: "dictumal-here-m",
		CreatedAt: now.Add(-time.Hour), OrderedAt: now.Add(-time.Hour), ExpiresAt: now.Add(3 * time.Hour),
	}
	with := func(change func(*dictumal.Deployment)) dictumal.Deployment {
		d := running
		change(&d)
		return d
	}
	for _, test := range []struct {
		name string
		d    dictumal.Deployment
		want float64
	}{
		{"one that ends by itself: until then, and its removal", running, 3 + reserve},
		{"one that nothing ends: a whole month", with(func(d *dictumal.Deployment) { d.ExpiresAt = time.Time{} }), 672},
		{"one that should have gone long ago: a whole month", with(func(d *dictumal.Deployment) { d.ExpiresAt = now.Add(-time.Hour) }), 672},
		{"one that ends in a year: no more than a month", with(func(d *dictumal.Deployment) { d.ExpiresAt = now.AddDate(1, 0, 0) }), 672},
		{"one whose end has come, and that is being removed", with(func(d *dictumal.Deployment) { d.ExpiresAt = now }), reserve},
		{"one that failed and is kept", with(func(d *dictumal.Deployment) { d.Status = dictumal.Errored }), 3 + reserve},
		{"one that is being removed early, until that is proven", with(func(d *dictumal.Deployment) { d.Status = dictumal.Destroying }), 3 + reserve},
		{"one that is proven gone", with(func(d *dictumal.Deployment) { d.MachineGoneAt = now }), 0},
		{"one that was forgotten", with(func(d *dictumal.Deployment) { d.Status, d.DestroyedAt = dictumal.Destroyed, now }), 0},
		{"one that costs nothing", with(func(d *dictumal.Deployment) { d.PricePerHour = 0 }), 0},
		{"one that is yet to be ordered", with(func(d *dictumal.Deployment) {
			d.Status, d.MachineName, d.OrderedAt = dictumal.Provisioning, "", time.Time{}
		}), 3 + reserve},
		{"one that is yet to be ordered, with a budget", with(func(d *dictumal.Deployment) {
			d.Status, d.MachineName, d.OrderedAt, d.Policy.Lifetime.Budget = dictumal.Provisioning, "", time.Time{}, 2
		}), 2 + reserve},
		{"one with a budget: two minutes before it is used up, and its removal", with(func(d *dictumal.Deployment) { d.Policy.Lifetime.Budget = 2 }), 1 - 2./60 + reserve},
		{"one whose order was refused", with(func(d *dictumal.Deployment) { d.Status, d.OrderedAt = dictumal.Errored, time.Time{} }), 0},
		{"one that was destroyed before its order", with(func(d *dictumal.Deployment) { d.Status, d.MachineName = dictumal.Destroying, "" }), 0},
	} {
		if got := test.d.Committed(now); math.Abs(got-test.want) > 0.001 {
			t.Errorf("%s: %.4f, want %.4f", test.name, got, test.want)
		}
	}
}
