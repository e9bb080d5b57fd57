package control_test

import (
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/control"
	"github.com/dictumal/dictumal/internal/store"
)

func TestAFailedDesktopIsTriedAgainOnce(t *testing.T) {
	d := newDesk(t, "")
	failed := d.failed()
	var closed []string
	d.Close = func(id string) { closed = append(closed, id) }
	first, created, err := d.Retry(t.Context(), ada, failed.ID)
	if err != nil || !created {
		t.Fatalf("created: %t, %v", created, err)
	}
	second, created, err := d.Retry(t.Context(), ada, failed.ID)
	if err != nil || created || second.ID != first.ID {
		t.Errorf("the second time it is %s (created: %t), %v", second.ID, created, err)
	}
	if first.Constitution != failed.Constitution || first.Region != failed.Region || first.Size != failed.Size || first.Stream != failed.Stream {
		t.Errorf("it is %+v, and was %+v", first, failed.Deployment)
	}
	old, err := d.Deployment(t.Context(), ada, failed.ID)
	if err != nil || old.Status != dictumal.Destroying || len(closed) != 1 {
		t.Errorf("the failed one is %s, %v", old.Status, err)
	}
	d.noted(failed.ID, "Tried again as "+first.ID+"; what this one left is being removed.")
	d.noted(first.ID, "Tried again after "+failed.ID+".")
}

func TestARetryThatCannotBeChangesNothing(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(d *desk, failed store.Row)
		code   dictumal.Code
		say    string
	}{
		{"of one that works", func(d *desk, failed store.Row) { failed.Status = dictumal.Active; d.save(failed) }, dictumal.CodeConflict, "Only a desktop that has failed"},
		{"over the cap, by its own machine", func(d *desk, _ store.Row) { d.PerUser = 1 }, dictumal.CodeConflict, "as many machines as allowed (1); destroy one that is not needed, or ask for a higher limit. The machine that has failed counts until it is gone."},
		{"over the cap, by others", func(d *desk, failed store.Row) {
			failed.MachineName = ""
			d.save(failed)
			d.PerUser = 0
		}, dictumal.CodeConflict, "as many machines as allowed (0); destroy one that is not needed, or ask for a higher limit."},
		{"of a constitution that was deleted", func(d *desk, failed store.Row) {
			if err := d.DeleteConstitution(d.t.Context(), ada, failed.Constitution.ID); err != nil {
				d.t.Fatal(err)
			}
		}, dictumal.CodeConflict, "has been deleted"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDesk(t, "")
			failed := d.failed()
			test.change(d, failed)
			before, err := d.Deployment(t.Context(), ada, failed.ID)
			if err != nil {
				t.Fatal(err)
			}
			_, _, err = d.Retry(t.Context(), ada, failed.ID)
			if dictumal.ErrorCode(err) != test.code || !strings.Contains(dictumal.ErrorMessage(err), test.say) {
				t.Errorf("error = %v, want %q", err, test.say)
			}
			list, _, err := d.Deployments(t.Context(), ada, control.Page{})
			if err != nil || len(list) != 1 || list[0].Status != before.Status {
				t.Errorf("there are %+v, %v", list, err)
			}
		})
	}
}

func TestNobodyElseTriesAgain(t *testing.T) {
	d := newDesk(t, "")
	failed := d.failed()
	viewer := ada
	viewer.OnlyDesktop = failed.ID
	for who, code := range map[*dictumal.Principal]dictumal.Code{
		&bob: dictumal.CodeNotFound, &viewer: dictumal.CodeForbidden, &root: dictumal.CodeForbidden,
	} {
		if _, _, err := d.Retry(t.Context(), *who, failed.ID); dictumal.ErrorCode(err) != code {
			t.Errorf("%+v is answered %v, want %s", *who, err, code)
		}
	}
}

// Private

// failed is a deployment in ERROR whose machine is still there.
func (d *desk) failed() store.Row {
	d.t.Helper()
	law, err := d.CreateConstitution(d.t.Context(), ada, "# Desk\n")
	if err != nil {
		d.t.Fatal(err)
	}
	made, _, err := d.Deploy(d.t.Context(), ada, control.DeployRequest{ConstitutionID: law.ID, Region: "there", Size: "large", Stream: dictumal.Guacamole})
	if err != nil {
		d.t.Fatal(err)
	}
	row, ok, err := d.store.Claim(d.t.Context(), "test", time.Minute)
	if err != nil || !ok || row.ID != made.ID {
		d.t.Fatalf("claim: %v, %v", ok, err)
	}
	row.Status, row.MachineName = dictumal.Errored, "dictumal-here-failed"
	d.save(row)
	return row
}
