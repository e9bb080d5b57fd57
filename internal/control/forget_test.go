package control_test

import (
	"strings"
	"testing"

	"github.com/dictumal/dictumal"
)

func TestOnlyAnAdminForgetsAndOnlyWhatIsBeingRemoved(t *testing.T) {
	admin := dictumal.Principal{User: dictumal.User{ID: "root", Admin: true}}
	for _, test := range []struct {
		name   string
		status dictumal.Status
		who    dictumal.Principal
		want   string // empty: forgotten
	}{
		{"one that is being destroyed", dictumal.Destroying, admin, ""},
		{"one that has failed", dictumal.Errored, admin, ""},
		{"one that has gone already", dictumal.Destroyed, admin, ""},
		{"one that works", dictumal.Active, admin, "destroy it first"},
		{"by its owner, who is no admin", dictumal.Destroying, ada, "Only an administrator"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDesk(t, "")
			row := d.active("D1", "192.0.2.1", dictumal.StreamPolicy{})
			row.Status, row.MachineName = test.status, "dictumal-here-machine"
			d.save(row)
			var closed []string
			d.Close = func(id string) { closed = append(closed, id) }
			got, err := d.Forget(t.Context(), test.who, "D1")
			if test.want != "" {
				if err == nil || !strings.Contains(err.Error(), test.want) {
					t.Errorf("error = %v, want %q", err, test.want)
				}
				return
			}
			if err != nil || got.Status != dictumal.Destroyed {
				t.Fatalf("%+v, %v", got, err)
			}
			if test.status != dictumal.Destroyed {
				if len(closed) != 1 {
					t.Error("who was looking at it still may")
				}
				d.noted("D1", "Forgotten by an admin; not confirmed: the machine dictumal-here-machine may still run at memory, and cost money. Look there.")
			}
		})
	}
}
