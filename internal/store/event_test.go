package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

func TestALongStoryIsToldFromItsEnd(t *testing.T) {
	s := open(t)
	add(t, s, order("D1"))
	var told []store.Entry
	for i := range 1200 {
		told = append(told, store.Entry{Event: dictumal.Event{Kind: dictumal.EventNote, Text: fmt.Sprintf("Launch %d.", i)}})
	}
	if err := s.Save(t.Context(), claim(t, s, time.Hour), store.Outcome{Entries: told}); err != nil {
		t.Fatal(err)
	}
	story, err := s.Timeline(t.Context(), "D1")
	if err != nil {
		t.Fatal(err)
	}
	if n := len(story); n != 1000 || story[0].Text != "Launch 200." || story[n-1].Text != "Launch 1199." {
		t.Errorf("%d events from %q to %q, want the newest thousand", n, story[0].Text, story[n-1].Text)
	}
}
