package store_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

// TestWhatMachinesBrowsersAndProvidersSayIsKept has all of them send what is no text.
func TestWhatMachinesBrowsersAndProvidersSayIsKept(t *testing.T) {
	const hostile = "a NUL \x00, half a character \xe2\x82, and \x1b[31mthe rest\xff"
	everywhere(t, func(t *testing.T, place string) {
		t.Helper()
		s := openAt(t, place)
		o := order("D1")
		o.Key, o.Body = hostile, "body"
		add(t, s, o)
		row := claim(t, s, time.Hour)
		row.IP, row.HostPublic = hostile, hostile
		row.Failure = &dictumal.Failure{Reason: hostile}
		for name, err := range map[string]error{
			"a boot log": s.Save(t.Context(), row, store.Outcome{Entries: []store.Entry{{Event: dictumal.Event{Kind: dictumal.EventLog, Text: hostile}}}}),
			"a note":     s.Note(t.Context(), "D1", hostile),
			"a deed":     s.AddDeeds(t.Context(), dictumal.Deed{At: time.Now(), Email: hostile, From: hostile, Object: hostile, Detail: hostile}),
			"a browser": s.AddSession(t.Context(), store.Session{
				ID: "S1", SecretHash: "hash", User: dictumal.User{ID: "ada"}, Agent: hostile, From: hostile,
			}),
			"a sign-in":  s.AddSignIn(t.Context(), store.SignIn{Account: "ada", Device: hostile, Agent: hostile, From: hostile}),
			"a provider": sight(t, s, hostile),
		} {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if again, found, err := s.Ordered(t.Context(), o); err != nil || !found || again.ID != "D1" {
			t.Errorf("by its key is found %q, %v", again.ID, err)
		}
		story, err := s.Events(t.Context(), "D1", 0, 10)
		if err != nil || len(story) != 4 {
			t.Errorf("the story is %+v, %v", story, err)
		}
		for _, e := range story[2:] {
			if !utf8.ValidString(e.Text) || strings.ContainsRune(e.Text, 0) || !strings.HasSuffix(e.Text, "\x1b[31mthe rest\uFFFD") {
				t.Errorf("it is told as %q", e.Text)
			}
		}
		if line := lines(t, s, store.Deeds{})[0]; line.Chain != line.Deed.Chain("") {
			t.Errorf("the audit log does not hold: %+v", line)
		}
	})
}

// Private

func sight(t *testing.T, s *store.Store, name string) error {
	t.Helper()
	_, err := s.Sight(t.Context(), []dictumal.Machine{{Name: name, ID: name, Size: name}})
	return err
}
