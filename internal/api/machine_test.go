package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/api"
	"github.com/dictumal/dictumal/internal/auth"
	"github.com/dictumal/dictumal/internal/store"
)

func TestMachinesAreOnesOwnAndEverybodysForAdmins(t *testing.T) {
	o := open(t)
	ada, bob := o.user("ada@example.org"), o.user("bob@example.org")
	desk := ada.deploy(ada.constitution())
	o.activate(desk, func(row *store.Row) {
		row.MachineName, row.OrderedAt = dictumal.MachineName("test0000", "01J00000000000000000000000"), time.Now().Add(-time.Hour)
	})
	admin := o.admin()
	for _, test := range []struct {
		name string
		who  client
		want []string
	}{
		{"the owner", ada, []string{desk}},
		{"somebody else", bob, nil},
		{"an admin", admin, []string{desk}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := test.who.ask("GET", "/api/machines", "")
			var fleet api.Fleet
			if err := json.Unmarshal([]byte(got.body), &fleet); err != nil || got.status != http.StatusOK {
				t.Fatalf("%d %s: %v", got.status, got.body, err)
			}
			if len(fleet.Machines) != len(test.want) || len(test.want) > 0 && fleet.Machines[0].Deployment.ID != test.want[0] {
				t.Errorf("machines = %s", got.body)
			}
			if (fleet.All != nil) != (test.who == admin) {
				t.Errorf("where the installation stands is %v", fleet.All)
			}
			if test.who != ada && test.who != admin && strings.Contains(got.body, "ada@example.org") {
				t.Errorf("bob is told of ada: %s", got.body)
			}
		})
	}
	if got := (client{office: o}).ask("GET", "/api/machines", ""); got.status != http.StatusUnauthorized {
		t.Errorf("nobody gets %d, want 401", got.status)
	}
}

func TestAReceiptIsGivenAfterTheEnd(t *testing.T) {
	o := open(t)
	ada := o.user("ada@example.org")
	desk := ada.deploy(ada.constitution())
	if got := ada.ask("GET", "/api/deployments/"+desk+"/receipt", ""); got.status != http.StatusConflict || !strings.Contains(got.body, "Destroy it first") {
		t.Errorf("before the end: %d %s", got.status, got.body)
	}
	o.activate(desk, func(row *store.Row) {
		row.Status, row.MachineName, row.OrderedAt = dictumal.Destroyed, "dictumal-test0000-m", time.Now().Add(-time.Hour)
		row.DestroyedAt, row.MachineGoneAt = time.Now(), time.Now()
		row.Proof = dictumal.Proof{Absences: 1, Since: time.Now()}
	})
	got := ada.ask("GET", "/api/deployments/"+desk+"/receipt", "")
	var receipt api.Receipt
	if err := json.Unmarshal([]byte(got.body), &receipt); err != nil || got.status != http.StatusOK {
		t.Fatalf("%d %s: %v", got.status, got.body, err)
	}
	if receipt.Verdict != "confirmed" || receipt.Absences != 1 || receipt.GoneAt == nil || receipt.RanSeconds < 3599 || receipt.Constitution.Hash == "" {
		t.Errorf("receipt = %s", got.body)
	}
}

func TestTheProviderTellsHowItIsDoing(t *testing.T) {
	o := open(t)
	got := o.user("ada@example.org").ask("GET", "/api/provider", "")
	if got.status != http.StatusOK || got.field(t, "ok") != "true" || got.field(t, "name") != "memory" {
		t.Errorf("%d %s", got.status, got.body)
	}
}

// Private

func (o *office) admin() client {
	o.t.Helper()
	user, err := o.auth.LocalUser(o.t.Context())
	if err != nil {
		o.t.Fatal(err)
	}
	token, _, err := o.auth.CreateToken(o.t.Context(), dictumal.Principal{User: user, Token: dictumal.SocketToken}, auth.Wish{})
	if err != nil {
		o.t.Fatal(err)
	}
	return client{o, token}
}
