package dictumal_test

import (
	"math"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
)

func TestADeploymentCostsUntilItsMachineIsGone(t *testing.T) {
	made := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	after := func(hours int) time.Time { return made.Add(time.Duration(hours) * time.Hour) }
	for _, test := range []struct {
		name string
		d    dictumal.Deployment
		want float64 // after ten hours at a dollar
	}{
		{"one that runs", dictumal.Deployment{}, 10},
		{"one that is destroyed", dictumal.Deployment{DestroyedAt: after(4)}, 4},
		{"a failed one whose machine is gone", dictumal.Deployment{MachineGoneAt: after(2)}, 2},
		{"one that was destroyed long after its machine was gone", dictumal.Deployment{MachineGoneAt: after(2), DestroyedAt: after(9)}, 2},
	} {
		test.d.OrderedAt, test.d.PricePerHour = made, 1
		if got := test.d.Cost(after(10)); math.Abs(got-test.want) > 1e-9 {
			t.Errorf("%s costs %v, want %v", test.name, got, test.want)
		}
	}
}
