package store_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

var (
	cloud = dictumal.Billing{Unit: time.Second, Minimum: time.Minute, Least: 0.01, MonthHours: 672}
	rates = store.Rates{Billing: cloud, Sizes: map[string]float64{"small": 1, "large": 2}, Grace: 2 * time.Minute}
)

func TestWhatWasSpentAndWhatMayComeOnTopIsCountedWhateverTheState(t *testing.T) {
	reserve := dictumal.RemovalReserve.Hours()
	for _, test := range []struct {
		name string
		set  func(*ledger)
		want store.Spending
	}{
		{"nothing", func(*ledger) {}, store.Spending{}},
		{"one that is not ordered yet", func(l *ledger) { l.deploy("D1", 3*time.Hour) }, store.Spending{Committed: 3 + reserve}},
		{"one that works", func(l *ledger) {
			l.deploy("D1", 3*time.Hour)
			l.order("D1", dictumal.Active)
			time.Sleep(time.Hour)
		}, store.Spending{Spent: 1, Committed: 2 + reserve}},
		{"one in ERROR whose machine is kept", func(l *ledger) {
			l.deploy("D1", 3*time.Hour)
			l.order("D1", dictumal.Errored)
			time.Sleep(time.Hour)
		}, store.Spending{Spent: 1, Committed: 2 + reserve}},
		{"one in ERROR whose machine is gone", func(l *ledger) {
			l.deploy("D1", 3*time.Hour)
			l.order("D1", dictumal.Errored)
			time.Sleep(time.Hour)
			l.work("D1", func(row *store.Row) { row.MachineGoneAt = time.Now() })
			time.Sleep(time.Hour)
		}, store.Spending{Spent: 1}},
		{"one that is being destroyed", func(l *ledger) {
			l.deploy("D1", 3*time.Hour)
			l.order("D1", dictumal.Active)
			time.Sleep(time.Hour)
			l.destroy("D1")
		}, store.Spending{Spent: 1, Committed: 2 + reserve}},
		{"one that is destroyed", func(l *ledger) {
			l.deploy("D1", 3*time.Hour)
			l.order("D1", dictumal.Active)
			time.Sleep(time.Hour)
			l.destroy("D1")
			l.gone("D1")
			time.Sleep(time.Hour)
		}, store.Spending{Spent: 1}},
		{"one that was destroyed a month ago", func(l *ledger) {
			l.deploy("D1", 3*time.Hour)
			l.order("D1", dictumal.Active)
			time.Sleep(time.Hour)
			l.destroy("D1")
			l.gone("D1")
			time.Sleep(31 * 24 * time.Hour)
		}, store.Spending{}},
		{"one that nobody owns, until the sweeper has removed it", func(l *ledger) {
			l.sight(dictumal.Machine{Name: "dictumal-here-0", Size: "large", CreatedAt: time.Now().Add(-time.Hour)})
		}, store.Spending{Spent: 2, Committed: 2 * (2./60 + reserve)}},
		{"one that nobody owns of a size that is not known", func(l *ledger) {
			l.sight(dictumal.Machine{Name: "dictumal-here-0", CreatedAt: time.Now().Add(-time.Hour)})
		}, store.Spending{Spent: 2, Committed: 2 * (2./60 + reserve)}},
		{"one that nobody owns and that is kept", func(l *ledger) {
			l.sight(dictumal.Machine{Name: "dictumal-here-z", Size: "small", CreatedAt: time.Now()})
		}, store.Spending{Spent: 0, Committed: 672}},
		{"one that nobody owned and that is gone", func(l *ledger) {
			l.sight(dictumal.Machine{Name: "dictumal-here-0", Size: "small", CreatedAt: time.Now()})
			time.Sleep(time.Hour)
			l.sight()
			time.Sleep(time.Hour)
		}, store.Spending{Spent: 1}},
		{"one that nobody owned, a month ago", func(l *ledger) {
			l.sight(dictumal.Machine{Name: "dictumal-here-0", Size: "small", CreatedAt: time.Now()})
			time.Sleep(time.Hour)
			l.sight()
			time.Sleep(31 * 24 * time.Hour)
		}, store.Spending{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newLedger(t)
				time.Sleep(9 * 24 * time.Hour) // on the tenth of January
				newest := l.deploy("D0", time.Hour)
				l.work("D0", func(row *store.Row) { row.MachineName, row.MachineGoneAt = "dictumal-here-m", time.Now() })
				l.destroy(newest)
				l.gone(newest)
				test.set(l)
				_, all, err := l.Spending(t.Context(), "ada", rates)
				if err != nil || math.Abs(all.Spent-test.want.Spent) > 0.001 || math.Abs(all.Committed-test.want.Committed) > 0.001 {
					t.Errorf("spending = %+v, %v; want %+v", all, err, test.want)
				}
			})
		})
	}
}

func TestACapOnSpendingSaysWhoseItIsAndWhatIsInTheWay(t *testing.T) {
	reserve := dictumal.RemovalReserve.Hours()
	for _, test := range []struct {
		name  string
		caps  store.SpendCaps
		owner string
		want  *store.SpendError // nil: there is room
	}{
		{"without caps", store.SpendCaps{}, "ada", nil},
		{"with room", store.SpendCaps{PerUser: 8, Total: 8}, "ada", nil},
		{"beyond the user's", store.SpendCaps{PerUser: 7}, "ada", &store.SpendError{Own: true, Cap: 7, Asked: 3 + reserve, Spending: store.Spending{Spent: 1, Committed: 3 + reserve}}},
		{"beyond the installation's", store.SpendCaps{Total: 7}, "bob", &store.SpendError{Cap: 7, Asked: 3 + reserve, Spending: store.Spending{Spent: 1, Committed: 3 + reserve}}},
		{"what others spend is not the user's", store.SpendCaps{PerUser: 7}, "bob", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newLedger(t)
				l.deploy("D1", 4*time.Hour)
				l.order("D1", dictumal.Active)
				time.Sleep(time.Hour)
				l.caps = test.caps
				l.caps.Rates = rates
				err := l.ask("D2", test.owner, 3*time.Hour)
				got, refused := errors.AsType[*store.SpendError](err)
				if test.want == nil {
					if err != nil {
						t.Errorf("refused: %v", err)
					}
					return
				}
				if !refused || got.Own != test.want.Own || got.Cap != test.want.Cap || math.Abs(got.Asked-test.want.Asked)+
					math.Abs(got.Spent-test.want.Spent)+math.Abs(got.Committed-test.want.Committed) > 0.001 {
					t.Errorf("error = %+v, want %+v", err, test.want)
				}
				if _, err := l.Deployment(t.Context(), "D2"); !errors.Is(err, store.ErrNotFound) {
					t.Errorf("what was refused is written all the same: %v", err)
				}
			})
		})
	}
}

// The second half of the invariant on bills: whatever people ask for, and in whatever
// order, no month's bill passes the cap.
func TestNoMonthsBillPassesTheCap(t *testing.T) {
	for seed := range uint64(lives) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const limit = 40
				l := newLedger(t)
				l.caps = store.SpendCaps{Total: limit, Rates: rates}
				l.life(rand.New(rand.NewPCG(seed, 4)), moments)
				refused, dearest := l.refused, 0.0
				for month, bill := range l.bills() {
					dearest = max(dearest, bill)
					if bill > limit+1e-6 {
						t.Errorf("the bill of %s is $%.2f, and the cap is $%d", month.Format("January 2006"), bill, limit)
					}
				}
				if refused == 0 || dearest < limit/2 {
					t.Errorf("%d orders were refused and the dearest month cost $%.2f: the cap was not tried", refused, dearest)
				}
			})
		})
	}
}

func TestCapsOnMachinesCountWhateverMayBeThere(t *testing.T) {
	l := newLedger(t)
	for id, status := range map[string]dictumal.Status{"D1": dictumal.Active, "D2": dictumal.Errored, "D3": dictumal.Destroying, "D4": dictumal.Destroyed} {
		l.deploy(id, time.Hour)
		l.order(id, status)
	}
	l.deploy("D5", time.Hour) // not ordered yet
	l.sight(dictumal.Machine{Name: "dictumal-here-stray"})
	if own, all, err := l.Live(t.Context(), "ada"); err != nil || own != 4 || all != 5 {
		t.Errorf("ada has %d and all have %d, %v; want 4, and one that nobody owns", own, all, err)
	}
	l.work("D2", func(row *store.Row) { row.MachineGoneAt = time.Now() })
	if own, all, err := l.Live(t.Context(), "ada"); err != nil || own != 3 || all != 4 {
		t.Errorf("with one proven gone ada has %d and all have %d, %v; want 3 and 4", own, all, err)
	}
}
