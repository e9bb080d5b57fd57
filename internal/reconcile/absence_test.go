package reconcile_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/provider/providertest"
)

func TestAbsencesThatAreFarApartProveNothing(t *testing.T) {
	inWorld(t, providertest.Behaviour{Traits: cloud, NoDelete: true}, func(w *world) {
		defer w.run()()
		misses := func(missing bool) { w.provider.Behave(func(b *providertest.Behaviour) { b.Blind = missing }) }
		id := w.deploy()
		w.reaches(id, dictumal.Active, time.Minute)
		time.Sleep(5 * time.Minute) // the grace since the order is over
		misses(true)
		w.destroy(id)
		time.Sleep(7 * time.Second)
		w.provider.Fail(providertest.CallInspect, slices.Repeat([]providertest.Fault{{Err: errors.New("503")}}, 6)...)
		time.Sleep(time.Minute) // in which it answers nothing
		time.Sleep(10 * time.Second)
		if row := w.row(id); row.Status != dictumal.Destroying || w.provider.Calls(providertest.CallFind) < 3 {
			t.Errorf("it is %s after %d looks, want DESTROYING while the machine is there\n%s",
				row.Status, w.provider.Calls(providertest.CallFind), w.story(id))
		}
		time.Sleep(time.Minute) // but to look for long enough, and to see none, does
		w.reaches(id, dictumal.Destroyed, time.Second)
	})
}
