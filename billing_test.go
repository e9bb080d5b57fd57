package dictumal_test

import (
	"math"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
)

var cloud = dictumal.Billing{Unit: time.Second, Minimum: time.Minute, Least: 0.01, MonthHours: 672}

func TestAProviderChargesByItsRules(t *testing.T) {
	january := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name  string
		rules dictumal.Billing
		price float64
		ran   time.Duration
		want  float64
	}{
		{"no time costs nothing", cloud, 1, 0, 0},
		{"without a price nothing costs", cloud, 0, time.Hour, 0},
		{"without rules the time alone counts", dictumal.Billing{}, 1, 90 * time.Minute, 1.5},
		{"a begun second is charged whole", cloud, 36, 100*time.Second + time.Millisecond, 1.01},
		{"a short life costs a minute", cloud, 60, 5 * time.Second, 1},
		{"and at least a cent", cloud, 0.006, 5 * time.Second, 0.01},
		{"a month of 31 days costs no more than 672 hours", cloud, 1, 744 * time.Hour, 672},
		{"the month after it begins anew", cloud, 1, (744 + 10) * time.Hour, 682},
	} {
		if got := test.rules.Charge(test.price, january, january.Add(test.ran)); math.Abs(got-test.want) > 1e-9 {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestABudgetLastsUntilTheChargeReachesIt(t *testing.T) {
	from := time.Date(2026, 1, 30, 13, 0, 0, 0, time.UTC)
	for _, budget := range []float64{0.5, 7, 40, 700, 2000} {
		until, ok := cloud.Lasts(1, from, budget)
		if !ok {
			t.Errorf("%v lasts for ever", budget)
			continue
		}
		if got := cloud.Charge(1, from, until.Truncate(time.Second)); math.Abs(got-budget) > 0.001 {
			t.Errorf("%v lasts until %s, by when %v are charged", budget, until, got)
		}
	}
	if until, ok := cloud.Lasts(0, from, 1); ok {
		t.Errorf("what costs nothing lasts until %s", until)
	}
	if until, ok := cloud.Lasts(1e-9, from, 1e9); ok {
		t.Errorf("a budget for thousands of years lasts until %s", until)
	}
}

func TestWhatADeploymentCostsInAMonthIsItsShareOfTheWhole(t *testing.T) {
	ordered := time.Date(2026, 1, 31, 23, 0, 0, 0, time.UTC)
	d := dictumal.Deployment{OrderedAt: ordered, PricePerHour: 1, Billing: cloud}
	now := ordered.Add(3 * time.Hour)
	for since, want := range map[time.Time]float64{
		{}:                         0 + 3,
		ordered.Add(-time.Hour):    3,
		dictumal.MonthStart(now):   2,
		ordered.Add(4 * time.Hour): 0,
	} {
		if got := d.CostSince(since, now); math.Abs(got-want) > 1e-9 {
			t.Errorf("since %s it costs %v, want %v", since, got, want)
		}
	}
}
