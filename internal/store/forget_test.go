package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

func TestAWorkerInFlightBringsNothingBackOfWhatWasForgotten(t *testing.T) {
	s := open(t)
	asked := order("D1")
	asked.Row.ClientKey, asked.Row.StreamSecret = "sealed", "sealed"
	add(t, s, asked)
	if _, err := s.MarkDestroying(t.Context(), "ada", "D1", "Destroyed by its owner."); err != nil {
		t.Fatal(err)
	}
	busy := claim(t, s, time.Hour)
	if _, err := s.MarkForgotten(t.Context(), "D1", "Forgotten."); err != nil {
		t.Fatal(err)
	}
	busy.Warning = &dictumal.Failure{Reason: dictumal.ReasonCredentials}
	if err := s.Save(t.Context(), busy, store.Outcome{Wake: time.Now()}); !errors.Is(err, store.ErrFenced) {
		t.Errorf("saving what was forgotten = %v, want ErrFenced", err)
	}
	row, err := s.Deployment(t.Context(), "D1")
	if err != nil {
		t.Fatal(err)
	}
	if row.ClientKey != "" || row.StreamSecret != "" || row.Warning != nil {
		t.Errorf("a forgotten deployment has keys %q and %q, and the warning %+v", row.ClientKey, row.StreamSecret, row.Warning)
	}
}
