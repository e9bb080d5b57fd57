package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

func TestALaunchReadsWhatTheWholeRowSays(t *testing.T) {
	s := open(t)
	o := order("D1")
	o.Row.Stream, o.Row.StreamSecret, o.Row.ClientKey = dictumal.Guacamole, "sealed", "sealed, too"
	o.Row.Constitution.Title = "A desk"
	o.Row.Policy.Stream = dictumal.StreamPolicy{Control: dictumal.ControlViewOnly, Clipboard: dictumal.ClipboardCopy}
	add(t, s, o)
	row := claim(t, s, time.Minute)
	row.Status, row.IP, row.ClockSkew, row.HostPublic = dictumal.Active, "192.0.2.1", -3*time.Second, "ssh-ed25519 AAAA"
	if err := s.Save(t.Context(), row, store.Outcome{Keep: true}); err != nil {
		t.Fatal(err)
	}
	whole, err := s.Deployment(t.Context(), "D1")
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Launch(t.Context(), "D1")
	if err != nil {
		t.Fatal(err)
	}
	type part struct {
		ID, Owner, IP, Title, Secret, Key, Host string
		Status                                  dictumal.Status
		Stream                                  dictumal.Stream
		Rights                                  dictumal.StreamPolicy
		Skew                                    time.Duration
	}
	want := part{
		whole.ID, whole.Owner, whole.IP, whole.Constitution.Title, whole.StreamSecret, whole.ClientKey, whole.HostPublic,
		whole.Status, whole.Stream, whole.Policy.Stream, whole.ClockSkew,
	}
	if diff := cmp.Diff(want, part{
		got.ID, got.Owner, got.IP, got.Constitution.Title, got.StreamSecret, got.ClientKey, got.HostPublic,
		got.Status, got.Stream, got.Policy.Stream, got.ClockSkew,
	}); diff != "" {
		t.Error(diff)
	}
}
