package control_test

import (
	"slices"
	"testing"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/control"
)

func TestEachChangeThatPeopleAskForIsToldOnce(t *testing.T) {
	d := newDesk(t, "")
	var told []string
	d.Moved = func(from dictumal.Status, now dictumal.Deployment) {
		told = append(told, string(from)+" to "+string(now.Status))
	}
	want := func(moves ...string) {
		t.Helper()
		if !slices.Equal(told, moves) {
			t.Errorf("told %q, want %q", told, moves)
		}
		told = nil
	}
	failed := d.failed()
	want(" to PROVISIONING")
	made, _, err := d.Retry(t.Context(), ada, failed.ID)
	if err != nil {
		t.Fatal(err)
	}
	want("ERROR to DESTROYING", " to PROVISIONING")
	for range 2 {
		if _, _, err := d.Retry(t.Context(), ada, failed.ID); err != nil {
			t.Fatal(err)
		}
		want()
	}
	order := control.DeployRequest{ConstitutionID: made.Constitution.ID, IdempotencyKey: "once"}
	for range 2 {
		if _, _, err := d.Deploy(t.Context(), ada, order); err != nil {
			t.Fatal(err)
		}
	}
	want(" to PROVISIONING")
	for range 2 {
		if _, err := d.Destroy(t.Context(), ada, made.ID); err != nil {
			t.Fatal(err)
		}
	}
	want("PROVISIONING to DESTROYING")
	admin := dictumal.Principal{User: dictumal.User{ID: "root", Admin: true}}
	for range 2 {
		if _, err := d.Forget(t.Context(), admin, made.ID); err != nil {
			t.Fatal(err)
		}
	}
	want("DESTROYING to DESTROYED")
}
