package crash_test

import (
	"database/sql"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
	"github.com/dictumal/dictumal/internal/store"
)

// judge looks at a life that is over from outside: at the account's own books, at
// what was told of it, and at the row.
func (l *life) judge() {
	l.Helper()
	if left := l.ocean.Droplets(); len(left) != 0 {
		l.Errorf("I1: left behind: %+v", left)
	}
	l.judgeStory()
	l.judgeBill(l.row())
	l.judgeCalls()
	for _, p := range l.programs {
		if strings.Contains(p.said.String(), "panic") {
			l.Error("the program has panicked")
		}
	}
}

// explained has an ERROR say why and what to do.
func (l *life) explained() {
	l.Helper()
	if e := l.desk.Error; l.desk.Status == dictumal.Errored && (e == nil || e.Reason == "" || e.Cause == "" || e.NextStep == "") {
		l.Errorf("I5: the desktop is in ERROR with %+v", e)
	}
}

// judgeStory wants each transition legal, and told of once.
func (l *life) judgeStory() {
	l.Helper()
	statuses, stages := l.told()
	if len(statuses) == 0 || statuses[0] != dictumal.Provisioning || statuses[len(statuses)-1] != dictumal.Destroyed {
		l.Errorf("I10: the states were %v", statuses)
	}
	for n := range len(statuses) - 1 {
		if !statuses[n].CanBecome(statuses[n+1]) {
			l.Errorf("I10: %s became %s in %v", statuses[n], statuses[n+1], statuses)
		}
	}
	if !slices.IsSortedFunc(stages, func(a, b dictumal.Stage) int { return a.Percent() - b.Percent() }) ||
		len(slices.Compact(slices.Clone(stages))) != len(stages) {
		l.Errorf("I10: the stages were %v", stages)
	}
}

// judgeBill wants one machine, charged for no longer than the desktop was there.
func (l *life) judgeBill(row store.Row) {
	l.Helper()
	var own []oceantest.Charge
	for _, charge := range l.ocean.Bill() {
		if charge.Name != l.stray {
			own = append(own, charge)
		}
	}
	if len(own) != 1 {
		l.Errorf("I2: %d machines were made for one desktop: %+v", len(own), own)
	}
	for _, charge := range own {
		if charge.Until.After(row.DestroyedAt) {
			l.Errorf("I3: DESTROYED %s before the machine was gone", charge.Until.Sub(row.DestroyedAt))
		}
		if charge.From.Before(row.CreatedAt) {
			l.Errorf("I6: charged %s before it was ordered", row.CreatedAt.Sub(charge.From))
		}
	}
}

// judgeCalls wants no machine removed that somebody wants, and no limit reached.
func (l *life) judgeCalls() {
	l.Helper()
	stray := ""
	for _, charge := range l.ocean.Bill() {
		if charge.Name == l.stray {
			stray = "/v2/droplets/" + strconv.Itoa(charge.ID)
		}
	}
	for _, call := range l.ocean.Calls() {
		if call.Method == http.MethodDelete && call.Path != stray && call.At.Before(l.ended) && !l.machines.failing {
			l.Errorf("I7: %s %s was sent %s before anybody had asked for it", call.Method, call.Path, l.ended.Sub(call.At))
		}
		if call.Status == http.StatusTooManyRequests {
			l.Errorf("I9: %s %s was one call too many", call.Method, call.Path)
		}
	}
}

// row reads the desktop's row in a database that must be whole.
func (l *life) row() store.Row {
	l.Helper()
	if !store.IsPostgres(l.database()) {
		whole(l.T, l.database())
	}
	rows, err := store.Open(l.Context(), l.database())
	if err != nil {
		l.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	row, err := rows.Deployment(l.Context(), l.desk.ID)
	if err != nil {
		l.Fatal(err)
	}
	return row
}

// whole has a database be without damage.
func whole(t *testing.T, file string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var said string
	if err := db.QueryRowContext(t.Context(), `PRAGMA integrity_check`).Scan(&said); err != nil || said != "ok" {
		t.Errorf("%s is damaged: %s %v", file, said, err)
	}
}
