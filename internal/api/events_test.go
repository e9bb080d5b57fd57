package api

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"
	"time"
)

// timed notes until when each write may take.
type timed struct {
	*httptest.ResponseRecorder
	until time.Time
}

func (w *timed) SetWriteDeadline(until time.Time) error {
	w.until = until
	return nil
}

func TestAQuietStreamOutlivesItsWriteDeadlineByABeat(t *testing.T) {
	w := &timed{ResponseRecorder: httptest.NewRecorder()}
	s := &sender{w: w, control: http.NewResponseController(w)}
	if err := s.comment(); err != nil {
		t.Fatal(err)
	}
	// HTTP/2 resets a stream when the deadline passes, whether or not it is written to.
	if left := time.Until(w.until); left < heartbeat+5*time.Second {
		t.Errorf("the deadline is %s away, and the next beat %s", left, heartbeat)
	}
}

func TestAReaderIsToldWhenToComeBackBeforeAnythingHappens(t *testing.T) {
	for beats, want := range map[bool]string{false: `^retry: [1-9]\d{2,3}\n\n$`, true: `^retry: [1-9]\d{2,3}\n\nevent: beat\ndata: \{\}\n\n$`} {
		w := &timed{ResponseRecorder: httptest.NewRecorder()}
		s := &sender{w: w, control: http.NewResponseController(w), beats: beats}
		if err := s.open(); err != nil {
			t.Fatal(err)
		}
		if got := w.Body.String(); !regexp.MustCompile(want).MatchString(got) {
			t.Errorf("who asks for beats (%v) is told %q first", beats, got)
		}
	}
}
