package control_test

import (
	"testing"

	"github.com/dictumal/dictumal"
)

func TestMachinesWithoutAnOwnerAreKeptUntilAnAdminConfirms(t *testing.T) {
	admin := dictumal.Principal{User: dictumal.User{ID: "root", Admin: true}}
	d := newDesk(t, "")
	orphan := dictumal.Machine{ID: "m-1", Name: dictumal.MachineName("here", "01J00000000000000000000000")}
	if _, err := d.store.Sight(t.Context(), []dictumal.Machine{orphan}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Unowned(t.Context(), ada); dictumal.ErrorCode(err) != dictumal.CodeForbidden {
		t.Errorf("somebody who is no admin is told %v", err)
	}
	if _, err := d.ConfirmSweep(t.Context(), ada); dictumal.ErrorCode(err) != dictumal.CodeForbidden {
		t.Errorf("somebody who is no admin may confirm: %v", err)
	}
	for _, want := range []bool{true, false} { // before and after
		list, err := d.Unowned(t.Context(), admin)
		if err != nil || len(list) != 1 || list[0].ID != "m-1" || list[0].Kept != want || list[0].Since.IsZero() {
			t.Errorf("unowned = %+v, %v; want m-1, kept %v", list, err, want)
		}
		if _, err := d.ConfirmSweep(t.Context(), admin); err != nil {
			t.Fatal(err)
		}
	}
	later := dictumal.Machine{ID: "m-2", Name: dictumal.MachineName("here", "01J00000000000000000000001")}
	if _, err := d.store.Sight(t.Context(), []dictumal.Machine{orphan, later}); err != nil {
		t.Fatal(err)
	}
	if list, err := d.Unowned(t.Context(), admin); err != nil || len(list) != 2 || list[0].Kept || !list[1].Kept {
		t.Errorf("unowned = %+v, %v; want the later one kept", list, err)
	}
}
