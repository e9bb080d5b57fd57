package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

func TestAnEndIsMovedOnlyFromWhereItWas(t *testing.T) {
	s := open(t)
	end := time.Now().Add(time.Hour).Truncate(time.Microsecond)
	asked := order("D1")
	asked.Row.ExpiresAt = end
	add(t, s, asked)
	for _, step := range []struct {
		name  string
		owner string
		from  time.Time
		want  bool
	}{
		{"by somebody else", "bob", end, false},
		{"from the end that it has", "ada", end, true},
		{"from the end that it had, by somebody who came later", "ada", end, false},
	} {
		moved, err := s.Extend(t.Context(), store.Extension{Owner: step.owner, ID: "D1", From: step.from, Until: end.Add(time.Hour), Why: "Extended."})
		if err != nil || moved != step.want {
			t.Errorf("%s: moved %t, %v", step.name, moved, err)
		}
	}
	row, err := s.Deployment(t.Context(), "D1")
	if err != nil || !row.ExpiresAt.Equal(end.Add(time.Hour)) || row.Generation != 2 {
		t.Errorf("it ends at %s in generation %d, %v", row.ExpiresAt, row.Generation, err)
	}
}

func TestOnlyWhatHasFailedIsReplaced(t *testing.T) {
	s := open(t)
	add(t, s, order("D1"))
	next := order("D2")
	next.Key, next.Body = "retry:D1", "retry"
	if _, _, err := s.Retry(t.Context(), "D1", next); !errors.Is(err, store.ErrNotFailed) {
		t.Fatalf("error = %v", err)
	}
	if _, err := s.Deployment(t.Context(), "D2"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the next one is there all the same: %v", err)
	}
	failed := claim(t, s, time.Minute)
	failed.Status = dictumal.Errored
	if err := s.Save(t.Context(), failed, store.Outcome{Wake: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if err := s.AddUser(t.Context(), dictumal.User{ID: "bob", Email: "bob@example.org", CreatedAt: time.Now()}, "local", "bob"); err != nil {
		t.Fatal(err)
	}
	others := next
	others.Row.Owner = "bob"
	if _, _, err := s.Retry(t.Context(), "D1", others); !errors.Is(err, store.ErrNotFailed) {
		t.Errorf("somebody else has replaced it: %v", err)
	}
	made, created, err := s.Retry(t.Context(), "D1", next)
	if err != nil || !created || made.ID != "D2" || made.Status != dictumal.Provisioning {
		t.Errorf("made %s, created %t, %v", made.ID, created, err)
	}
	if old, err := s.Deployment(t.Context(), "D1"); err != nil || old.Status != dictumal.Destroying {
		t.Errorf("the failed one is %s, %v", old.Status, err)
	}
}
