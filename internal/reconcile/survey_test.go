package reconcile_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/provider/providertest"
	"github.com/dictumal/dictumal/internal/reconcile"
	"github.com/dictumal/dictumal/internal/store"
)

// TestALostClaimEndsNobodyElsesStep is about the survey that a new program makes before
// its first order: it is made in one step, and others wait for it in theirs.
func TestALostClaimEndsNobodyElsesStep(t *testing.T) {
	inWorld(t, providertest.Behaviour{}, func(w *world) {
		var log bytes.Buffer
		w.options.Log = slog.New(slog.NewTextHandler(&log, nil))
		w.options.Store = loses{Store: w.store, row: w.deploy()}
		w.provider.Fail(providertest.CallList, providertest.Fault{Delay: time.Minute})
		stop := w.run()
		time.Sleep(time.Second)
		second := w.deploy()
		w.reaches(second, dictumal.Active, time.Minute)
		stop() // the log is the test's now
		if lists := w.provider.Calls(providertest.CallList); lists != 2 {
			w.Errorf("%d surveys, want the one that was lost and the one of who waited", lists)
		}
		if !strings.Contains(log.String(), "Another worker has taken over.") || strings.Contains(log.String(), "A step failed") {
			w.Errorf("want a claim that was lost, and no step that failed:\n%s", log.String())
		}
	})
}

// Private

// loses is rows of which one is somebody else's as soon as its claim is to be renewed.
type loses struct {
	reconcile.Store
	row string
}

func (l loses) Renew(ctx context.Context, row store.Row, until time.Time) error {
	if row.ID == l.row {
		return store.ErrFenced
	}
	return l.Store.Renew(ctx, row, until)
}
