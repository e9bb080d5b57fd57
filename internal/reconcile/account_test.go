package reconcile_test

import (
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/provider/providertest"
	"github.com/dictumal/dictumal/internal/store"
)

// With the token of another account the provider shows none of the machines, and
// says that there are none: the account of before goes on paying for them.
func TestMachinesAreNotTakenForGoneInAnotherAccount(t *testing.T) {
	const ours, theirs = "our account", "another account"
	for name, test := range map[string]struct {
		when dictumal.Status
		then dictumal.Status // once the token is back
	}{
		"while a desktop works":      {dictumal.Active, dictumal.Active},
		"while one is being removed": {dictumal.Destroying, dictumal.Destroyed},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, providertest.Behaviour{Traits: cloud, Account: ours}, func(w *world) {
				defer w.run()()
				id := w.deploy()
				w.reaches(id, dictumal.Active, time.Minute)
				w.provider.Behave(func(b *providertest.Behaviour) { b.Account, b.Blind = theirs, true })
				if test.when == dictumal.Destroying {
					w.destroy(id)
				}
				time.Sleep(time.Hour)
				row := w.row(id)
				if row.Status != test.when || row.Warning == nil || row.Warning.Reason != dictumal.ReasonCredentials || row.ClientKey == "" {
					w.Errorf("%s with the warning %+v, want %s and its keys kept", row.Status, row.Warning, test.when)
				}
				w.provider.Behave(func(b *providertest.Behaviour) { b.Account, b.Blind = ours, false })
				w.until(id, 10*time.Minute, "all as before", func(row store.Row) bool {
					return row.Status == test.then && row.Warning == nil
				})
				if left := w.machines(); (left == 0) != (test.then == dictumal.Destroyed) {
					w.Errorf("%d machines are left", left)
				}
			})
		})
	}
}
