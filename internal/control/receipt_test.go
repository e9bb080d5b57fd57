package control_test

import (
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/control"
	"github.com/dictumal/dictumal/internal/store"
)

func TestAReceiptSaysWhatIsKnownOfTheEnd(t *testing.T) {
	proof := func(row *store.Row) {
		row.MachineGoneAt = time.Now()
		row.Proof = dictumal.Proof{Absences: 3, Since: time.Now().Add(-30 * time.Second)}
	}
	for _, test := range []struct {
		name     string
		end      func(*store.Row)
		verdict  control.Verdict
		sentence string
		observed string
		cost     float64
	}{
		{"the provider has confirmed it", func(row *store.Row) {
			proof(row)
			row.Status, row.DestroyedAt = dictumal.Destroyed, time.Now()
		}, control.VerdictConfirmed, "memory confirms that nothing remains.", "Seen without it 3 times within 30 seconds, since a list may lag behind.", 0.1},
		{"a failed one whose machine is gone", func(row *store.Row) {
			proof(row)
			row.Status, row.ErrorAt = dictumal.Errored, time.Now()
		}, control.VerdictConfirmed, "memory confirms that nothing remains.", "Seen without it 3 times", 0.1},
		{"one look at a list that is the truth", func(row *store.Row) {
			proof(row)
			row.Proof.Absences, row.Status, row.DestroyedAt = 1, dictumal.Destroyed, time.Now()
		}, control.VerdictConfirmed, "memory confirms that nothing remains.", "Seen without it once.", 0.1},
		{"it was forgotten", func(row *store.Row) {
			row.Status, row.DestroyedAt = dictumal.Destroyed, time.Now()
		}, control.VerdictUnconfirmed, "may still run at memory and cost money. Look there.", "", 0.1},
		{"no machine was made", func(row *store.Row) {
			row.Status, row.DestroyedAt, row.MachineGoneAt = dictumal.Destroyed, time.Now(), time.Now()
			row.MachineName, row.MachineID, row.OrderedAt = "", "", time.Time{}
		}, control.VerdictNothingMade, "No machine was made; nothing was charged.", "", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				y := newYard(t)
				row := y.deployed("D1", "ada", dictumal.Active, true)
				time.Sleep(time.Hour)
				test.end(&row)
				y.save(row)
				r, err := y.Receipt(t.Context(), ada, "D1")
				if err != nil {
					t.Fatal(err)
				}
				if r.Verdict != test.verdict || !strings.Contains(r.Sentence, test.sentence) || !strings.HasPrefix(r.Observed, test.observed) || math.Abs(r.Cost-test.cost) > 0.001 {
					t.Errorf("the receipt says %+v, want %+v", r, test)
				}
				if test.cost > 0 && r.Ran != time.Hour {
					t.Errorf("it ran for %s, want an hour", r.Ran)
				}
			})
		})
	}
}

func TestThereIsNoReceiptBeforeTheEndAndNoneForOthers(t *testing.T) {
	for _, test := range []struct {
		name   string
		status dictumal.Status
		want   string
	}{
		{"one that works", dictumal.Active, "Destroy it first"},
		{"one that is being removed", dictumal.Destroying, "Ask again when it is destroyed"},
		{"one that failed and whose machine is kept", dictumal.Errored, "kept to be looked at"},
	} {
		t.Run(test.name, func(t *testing.T) {
			y := newYard(t)
			y.deployed("D1", "ada", test.status, true)
			_, err := y.Receipt(t.Context(), ada, "D1")
			if dictumal.ErrorCode(err) != dictumal.CodeConflict || !strings.Contains(dictumal.ErrorMessage(err), test.want) {
				t.Errorf("error = %v, want a conflict that says %q", err, test.want)
			}
			if _, err := y.Receipt(t.Context(), bob, "D1"); dictumal.ErrorCode(err) != dictumal.CodeNotFound {
				t.Errorf("bob gets %v, want not found", err)
			}
		})
	}
}

func TestAReceiptNamesWhoAskedForTheEnd(t *testing.T) {
	y := newYard(t)
	row := y.deployed("D1", "ada", dictumal.Active, true)
	if _, err := y.Control.Destroy(t.Context(), ada, "D1"); err != nil {
		t.Fatal(err)
	}
	row.Generation++
	row.Status, row.DestroyedAt, row.MachineGoneAt = dictumal.Destroyed, time.Now(), time.Now()
	if err := y.store.Save(t.Context(), row, store.Outcome{Entries: []store.Entry{
		{Event: dictumal.Event{Kind: dictumal.EventStatus, Status: dictumal.Destroyed, Text: "Destroy confirmed."}},
	}}); err != nil {
		t.Fatal(err)
	}
	r, err := y.Receipt(t.Context(), ada, "D1")
	if err != nil || r.Ended.Text != "Destroy was asked for by ada@example.org." || r.Ended.At.IsZero() {
		t.Errorf("ended by %+v, %v", r.Ended, err)
	}
}

func TestAProvidersRuleIsSaidInWords(t *testing.T) {
	for _, test := range []struct {
		price   float64
		billing dictumal.Billing
		want    string
	}{
		{0, dictumal.Billing{}, "Nothing is charged: the machine ran on this host."},
		{1, dictumal.Billing{}, "Charged for the time that it was there."},
		{1, dictumal.Billing{Unit: time.Second, Minimum: time.Minute, Least: 0.01, MonthHours: 672}, "Charged by the second, for at least 1 minute and $0.01; after 672 hours a calendar month costs no more."},
	} {
		if got := control.BillingRule(dictumal.Deployment{PricePerHour: test.price, Billing: test.billing}); got != test.want {
			t.Errorf("the rule is %q, want %q", got, test.want)
		}
	}
}
