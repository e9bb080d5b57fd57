package reconcile_test

import (
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/provider/providertest"
)

func TestADeploymentComesUpAndIsTornDown(t *testing.T) {
	inWorld(t, providertest.Behaviour{Boot: time.Second}, func(w *world) {
		defer w.run()()
		id := w.deploy()
		row := w.reaches(id, dictumal.Active, time.Minute)
		if took := row.ActiveAt.Sub(row.CreatedAt); took > 8*time.Second {
			w.Errorf("took %s to be active, want little more than the boot", took)
		}
		if row.HostKey != "" || row.HostPublic == "" || row.ClientKey == "" {
			w.Error("an active machine needs its client key and pinned host key, and no private host key")
		}
		w.destroy(id)
		row = w.reaches(id, dictumal.Destroyed, time.Minute)
		if w.machines() != 0 || row.ClientKey != "" || !w.prober.forgotten[id] {
			w.Errorf("%d machines, client key %q, forgotten %v; want nothing left", w.machines(), row.ClientKey, w.prober.forgotten[id])
		}
		w.Log(w.story(id))
	})
}
