package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/dictumal/dictumal"
)

func TestNotesThatComeTogetherAreAllKept(t *testing.T) {
	s := open(t)
	add(t, s, order("D1"))
	var writing sync.WaitGroup
	for i := range 200 {
		writing.Go(func() {
			if err := s.Note(t.Context(), "D1", fmt.Sprintf("note %d", i)); err != nil {
				t.Error(err)
			}
		})
	}
	writing.Wait()
	entries, err := s.Timeline(t.Context(), "D1")
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]bool{}
	for _, e := range entries {
		if e.Kind == dictumal.EventNote {
			told[e.Text] = true
		}
	}
	if len(told) != 200 {
		t.Errorf("%d of 200 notes were kept", len(told))
	}
}

func TestANoteThatCannotBeKeptIsAnErrorAndHoldsUpNobody(t *testing.T) {
	s := open(t)
	add(t, s, order("D1"))
	if err := s.Note(t.Context(), "nowhere", "of a deployment that there is not"); err == nil {
		t.Error("a note of no deployment was kept")
	}
	if err := s.Note(t.Context(), "D1", "the next"); err != nil {
		t.Errorf("the next note: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_ = s.Note(ended, "D1", "of somebody who has left") // kept or not
	if err := s.Note(t.Context(), "D1", "after that"); err != nil {
		t.Errorf("the note after that: %v", err)
	}
}
