package dictumal_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dictumal/dictumal"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// at is a deployment that was ordered at noon for a dollar an hour.
func at(lifetime time.Duration, budget float64) dictumal.Deployment {
	d := dictumal.Deployment{CreatedAt: noon, OrderedAt: noon, PricePerHour: 1}
	d.Policy.Lifetime.Budget = budget
	if lifetime > 0 {
		d.ExpiresAt = noon.Add(lifetime)
	}
	return d
}

func TestADeploymentEndsByTheClauseThatComesFirst(t *testing.T) {
	for _, test := range []struct {
		name   string
		d      dictumal.Deployment
		clause dictumal.Clause
		after  time.Duration
	}{
		{"no clause", at(0, 0), "", 0},
		{"a lifetime", at(8*time.Hour, 0), dictumal.ClauseTTL, 8 * time.Hour},
		{"a budget, with time left for the removal", at(0, 2), dictumal.ClauseBudget, 2*time.Hour - 2*time.Minute},
		{"both, the lifetime first", at(time.Hour, 2), dictumal.ClauseTTL, time.Hour},
		{"both, the budget first", at(8*time.Hour, 2), dictumal.ClauseBudget, 2*time.Hour - 2*time.Minute},
		{"a budget before anything is ordered", func() dictumal.Deployment { d := at(0, 2); d.OrderedAt = time.Time{}; return d }(), "", 0},
	} {
		ending, ok := test.d.Ending()
		if ok != (test.clause != "") || ending.Clause != test.clause || ok && !ending.At.Equal(noon.Add(test.after)) {
			t.Errorf("%s: ends by %q at %s (%t)", test.name, ending.Clause, ending.At, ok)
		}
	}
}

func TestPeopleAreRemindedBeforeTheEnd(t *testing.T) {
	type moment struct {
		Clause  dictumal.Clause
		After   time.Duration
		Percent int
	}
	for _, test := range []struct {
		name string
		d    dictumal.Deployment
		want []moment
	}{
		{"15 and 5 minutes before a lifetime is over", at(time.Hour, 0), []moment{
			{dictumal.ClauseTTL, 45 * time.Minute, 0}, {dictumal.ClauseTTL, 55 * time.Minute, 0},
		}},
		{"of a short life only what lies in it", at(10*time.Minute, 0), []moment{{dictumal.ClauseTTL, 5 * time.Minute, 0}}},
		{"at 50, 80 and 95 percent of a budget", at(0, 10), []moment{
			{dictumal.ClauseBudget, 5 * time.Hour, 50}, {dictumal.ClauseBudget, 8 * time.Hour, 80}, {dictumal.ClauseBudget, 9*time.Hour + 30*time.Minute, 95},
		}},
		{"never where nothing ends it", at(0, 0), nil},
	} {
		var got []moment
		for _, r := range test.d.Reminders() {
			got = append(got, moment{r.Clause, r.At.Sub(noon), r.Percent})
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestOfPastRemindersTheNewestOfEachClauseCounts(t *testing.T) {
	d := at(9*time.Hour, 10)
	for after, want := range map[time.Duration]int{time.Hour: 0, 5 * time.Hour: 1, 8*time.Hour + 50*time.Minute: 2} {
		if got := d.Reminded(noon.Add(after)); len(got) != want {
			t.Errorf("after %s: %v, want %d", after, got, want)
		}
	}
	newest := d.Reminded(noon.Add(8*time.Hour + 50*time.Minute))
	if newest[0].Percent != 80 || newest[1].Clause != dictumal.ClauseTTL {
		t.Errorf("the newest are %v", newest)
	}
}
