package control_test

import (
	"strings"
	"testing"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/control"
	"github.com/dictumal/dictumal/internal/guacamole"
)

// What the reference documents say of the request, row by row.

func TestSeedsWhatARequestMakes(t *testing.T) {
	d := newDesk(t, "")
	law, err := d.CreateConstitution(t.Context(), ada, "# Desk\n")
	if err != nil {
		t.Fatal(err)
	}
	made, created, err := d.Deploy(t.Context(), ada, control.DeployRequest{
		ConstitutionID: law.ID, Size: "large", Stream: dictumal.Guacamole,
	})
	if err != nil || !created {
		t.Fatalf("created %v, %v", created, err)
	}
	row, err := d.store.Deployment(t.Context(), made.ID)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := d.Sealer.Open(row.StreamSecret, row.StreamSecretContext())
	if err != nil {
		t.Fatal(err)
	}
	password, key := guacamole.VNCPassword(secret), guacamole.JSONKey(secret)
	for name, holds := range map[string]bool{
		"the row is persisted with status PROVISIONING":             row.Status == dictumal.Provisioning,
		"an 8-character VNC password":                               len(password) == 8,
		"a Guacamole JSON key of 128 bits":                          len(key) == 16,
		"neither is the other's: both come from 128 secret bits":    len(secret) == 16 && !strings.Contains(string(key), password),
		"the VNC password is not stored with deployment metadata":   !strings.Contains(row.StreamSecret, password),
		"and what it comes from is sealed for this deployment only": !opens(d, row.StreamSecret, "deployment|another|stream_secret"),
	} {
		if !holds {
			t.Errorf("it does not hold that: %s", name)
		}
	}
}

// DESTROYED records are excluded, wherever deployments are listed.
func TestSeedsDestroyedIsNeverListed(t *testing.T) {
	d := newDesk(t, "")
	row := d.active("D1", "192.0.2.1", dictumal.StreamPolicy{})
	for _, status := range dictumal.Statuses() {
		t.Run(string(status), func(t *testing.T) {
			row.Status = status
			d.save(row)
			list, _, err := d.Deployments(t.Context(), ada, control.Page{})
			if err != nil {
				t.Fatal(err)
			}
			of, err := d.DeploymentsOf(t.Context(), ada, "C")
			if err != nil {
				t.Fatal(err)
			}
			want := 1
			if status == dictumal.Destroyed {
				want = 0
			}
			if len(list) != want || len(of) != want {
				t.Errorf("%d and %d are listed, want %d", len(list), len(of), want)
			}
		})
	}
}

// Private

func opens(d *desk, sealed, context string) bool {
	_, err := d.Sealer.Open(sealed, context)
	return err == nil
}
