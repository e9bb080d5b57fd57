package client_test

import (
	"strings"
	"testing"

	"github.com/dictumal/dictumal"
)

func TestADesktopIsSharedAndTakenBackByAddress(t *testing.T) {
	r := start(t)
	version, _ := apply(t, r.Client, draft(t, "# Desk\n"))
	desktop, _, err := r.Ensure(t.Context(), version)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Share(t.Context(), desktop.ID, "bob@example.org", dictumal.ControlViewOnly); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Share(t.Context(), desktop.ID, "eve@example.org", ""); err != nil {
		t.Fatal(err)
	}
	list, err := r.Grants(t.Context(), desktop.ID)
	if err != nil || len(list) != 2 || list[0].Control != dictumal.ControlViewOnly || list[1].Control != dictumal.ControlFull {
		t.Errorf("it is shared with %+v, %v", list, err)
	}
	if err := r.Unshare(t.Context(), desktop.ID, "Bob@example.org"); err != nil {
		t.Fatal(err)
	}
	if err := r.Unshare(t.Context(), desktop.ID, "bob@example.org"); err == nil || !strings.Contains(err.Error(), "dictumal grants "+desktop.ID) {
		t.Errorf("taking back what is gone answers %v", err)
	}
	if list, err := r.Grants(t.Context(), desktop.ID); err != nil || len(list) != 1 || list[0].Email != "eve@example.org" {
		t.Errorf("it is shared with %+v, %v", list, err)
	}
}
