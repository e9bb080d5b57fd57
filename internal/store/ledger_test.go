package store_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

// ledger is rows, and beside them what a cloud would put on its bills.
type ledger struct {
	*testing.T
	*store.Store
	caps    store.SpendCaps
	refused int
	items   map[string]*item // by machine
}

// item is one machine on the bill.
type item struct {
	price      float64
	from, gone time.Time
}

func newLedger(t *testing.T) *ledger {
	t.Helper()
	l := &ledger{T: t, Store: open(t), items: map[string]*item{}}
	if err := l.AddUser(t.Context(), dictumal.User{ID: "bob", Email: "bob@example.org", CreatedAt: time.Now()}, "local", "bob"); err != nil {
		t.Fatal(err)
	}
	return l
}

func (l *ledger) ask(id, owner string, ttl time.Duration) error {
	o := order(id)
	o.Row.Owner, o.Row.PricePerHour, o.Row.Billing, o.Spend = owner, 1, cloud, l.caps
	if ttl > 0 {
		o.Row.ExpiresAt = o.Row.CreatedAt.Add(ttl)
	}
	_, _, err := l.AddDeployment(l.Context(), o)
	return err
}

func (l *ledger) deploy(id string, ttl time.Duration) string {
	l.Helper()
	l.must(l.ask(id, "ada", ttl))
	return id
}

// work changes a row as its worker would.
func (l *ledger) work(id string, change func(*store.Row)) {
	l.Helper()
	for _, queue := range []store.Queue{store.Unsettled, store.Settled} {
		rows, err := l.ClaimDue(l.Context(), "test", time.Minute, queue, 1000)
		l.must(err)
		for _, row := range rows {
			if row.ID == id {
				change(&row)
			}
			l.must(l.Save(l.Context(), row, store.Outcome{Wake: time.Now()}))
		}
	}
}

// order has a machine made.
func (l *ledger) order(id string, status dictumal.Status) {
	l.Helper()
	l.items[id] = &item{price: 1, from: time.Now()}
	l.work(id, func(row *store.Row) {
		row.OrderedAt, row.MachineName, row.Status = time.Now(), "dictumal-here-"+id, status
	})
}

func (l *ledger) destroy(id string) {
	l.Helper()
	row, err := l.Deployment(l.Context(), id)
	l.must(err)
	_, err = l.MarkDestroying(l.Context(), row.Owner, id, "Destroyed.")
	l.must(err)
}

func (l *ledger) gone(id string) {
	l.Helper()
	if made := l.items[id]; made != nil && made.gone.IsZero() {
		made.gone = time.Now()
	}
	l.work(id, func(row *store.Row) {
		row.Status, row.MachineGoneAt, row.DestroyedAt = dictumal.Destroyed, time.Now(), time.Now()
	})
}

func (l *ledger) sight(unowned ...dictumal.Machine) {
	l.Helper()
	_, err := l.Sight(l.Context(), unowned)
	l.must(err)
}

func (l *ledger) must(err error) {
	l.Helper()
	if err != nil {
		l.Fatal(err)
	}
}

// life lets people deploy, destroy and extend at random, a few hours apart, and
// machines turn up that nobody owns.
func (l *ledger) life(chance *rand.Rand, steps int) {
	l.Helper()
	var living []string
	for n := range steps {
		time.Sleep(time.Duration(chance.Int64N(int64(4 * time.Hour))))
		living = l.expire(living)
		switch draw := chance.IntN(10); {
		case draw < 6:
			living = l.tryToDeploy(fmt.Sprintf("D%04d", n), chance, living)
		case draw < 8 && len(living) > 0:
			l.destroy(living[0])
			time.Sleep(time.Duration(chance.Int64N(int64(dictumal.RemovalReserve)))) // as long as removals take
			l.gone(living[0])
			living = living[1:]
		case draw < 9 && len(living) > 0:
			l.tryToExtend(living[0], time.Duration(1+chance.IntN(6))*time.Hour)
		default:
			l.stray(fmt.Sprintf("dictumal-here-0%04d", n))
		}
	}
}

func (l *ledger) tryToDeploy(id string, chance *rand.Rand, living []string) []string {
	l.Helper()
	err := l.ask(id, []string{"ada", "bob"}[chance.IntN(2)], time.Duration(1+chance.IntN(8))*time.Hour)
	if _, capped := errors.AsType[*store.SpendError](err); capped {
		l.refused++
		return living
	}
	l.must(err)
	l.order(id, dictumal.Active)
	return append(living, id)
}

func (l *ledger) tryToExtend(id string, by time.Duration) {
	l.Helper()
	row, err := l.Deployment(l.Context(), id)
	l.must(err)
	_, err = l.Extend(l.Context(), store.Extension{
		Owner: row.Owner, ID: id, From: row.ExpiresAt, Until: row.ExpiresAt.Add(by), Why: "Extended.", Spend: l.caps,
	})
	if _, capped := errors.AsType[*store.SpendError](err); capped {
		l.refused++
		return
	}
	l.must(err)
}

// expire ends what has come to its end since. Its removal has taken its time.
func (l *ledger) expire(living []string) (left []string) {
	l.Helper()
	for _, id := range living {
		row, err := l.Deployment(l.Context(), id)
		l.must(err)
		if time.Now().Before(row.ExpiresAt) {
			left = append(left, id)
			continue
		}
		over := row.ExpiresAt.Add(dictumal.RemovalReserve - time.Second)
		time.Sleep(max(time.Until(over), 0))
		l.items[id].gone = over
		l.work(id, func(row *store.Row) { row.Status, row.MachineGoneAt, row.DestroyedAt = dictumal.Destroyed, over, over })
	}
	return left
}

// stray is a machine that nobody owns, until the sweeper has removed it. No cap keeps
// one from turning up where there is no room; where there is, it takes some.
func (l *ledger) stray(name string) {
	l.Helper()
	if _, all, err := l.Spending(l.Context(), "", rates); err != nil || all.Spent+all.Committed > l.caps.Total-1 {
		l.must(err)
		return
	}
	m := dictumal.Machine{Name: name, Size: "large", CreatedAt: time.Now()}
	l.items[name] = &item{price: 2, from: m.CreatedAt}
	l.sight(m)
	time.Sleep(rates.Grace + time.Minute)
	l.sight()
	l.items[name].gone = time.Now()
}

// bills are what each month costs by the cloud's own reckoning.
func (l *ledger) bills() map[time.Time]float64 {
	bills := map[time.Time]float64{}
	for _, i := range l.items {
		end := i.gone
		if end.IsZero() {
			end = time.Now()
		}
		for month := dictumal.MonthStart(i.from); month.Before(end); month = month.AddDate(0, 1, 0) {
			from, until := i.from, end
			if month.After(from) {
				from = month
			}
			if next := month.AddDate(0, 1, 0); next.Before(until) {
				until = next
			}
			bills[month] += cloud.Charge(i.price, from, until)
		}
	}
	return bills
}
