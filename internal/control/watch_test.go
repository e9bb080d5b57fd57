package control_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/control"
)

// TestWhatALookHasShownEndsThoughTheRestCouldNotBeAskedFor has the database be away after
// the first stream has ended.
func TestWhatALookHasShownEndsThoughTheRestCouldNotBeAskedFor(t *testing.T) {
	d := newDesk(t, "")
	ctx, away := context.WithCancel(t.Context())
	d.Streams = func() (streams []control.Stream) {
		for number := range 100 {
			streams = append(streams, control.Stream{Deployment: "D", Grant: dictumal.Grant{ID: fmt.Sprint("G", number), Email: "ada@example.org"}})
			streams[number].Deployment = fmt.Sprintf("D%02d", number)
		}
		return streams
	}
	cut := map[string]bool{}
	d.Cut = func(grant string, _ bool) {
		away()
		cut[grant] = true
	}
	if err := d.Watch(ctx); err != nil {
		t.Error(err)
	}
	if len(cut) == 0 || len(cut) == 100 || !cut["G0"] {
		t.Errorf("%d streams have ended without a grant, want those of the first look: %v", len(cut), cut)
	}
}
