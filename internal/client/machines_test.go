package client_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/client"
)

func TestAMachineIsListedWithItsDesktopAndLeavesAReceipt(t *testing.T) {
	r := start(t)
	made, err := r.CreateConstitution(t.Context(), "---\ntitle: Desk\n---\n\nA desk.\n")
	if err != nil {
		t.Fatal(err)
	}
	desk, err := r.Deploy(t.Context(), client.Order{ConstitutionID: made.ID}, "key")
	if err != nil {
		t.Fatal(err)
	}
	follow := func(to dictumal.Status) {
		t.Helper()
		if last, err := r.Follow(t.Context(), desk.ID, func(client.Deployment) {}); err != nil || last.Status != to {
			t.Fatalf("it became %s, %v; want %s", last.Status, err, to)
		}
	}
	follow(dictumal.Active)
	fleet, err := r.Machines(t.Context())
	if err != nil || len(fleet.Machines) != 1 || fleet.Machines[0].Standing != "owned" || fleet.Machines[0].Deployment.ID != desk.ID || fleet.All == nil {
		t.Errorf("machines = %+v, %v", fleet, err)
	}
	if health, err := r.Health(t.Context()); err != nil || !health.OK {
		t.Errorf("health = %+v, %v", health, err)
	}
	_, err = r.Receipt(t.Context(), desk.ID)
	if refused, ok := errors.AsType[*client.AnswerError](err); !ok || refused.Status != http.StatusConflict {
		t.Errorf("a receipt before the end = %v", err)
	}
	if _, err := r.Destroy(t.Context(), desk.ID); err != nil {
		t.Fatal(err)
	}
	follow(dictumal.Destroyed)
	receipt, err := r.Receipt(t.Context(), desk.ID)
	if err != nil || receipt.Verdict != "confirmed" || receipt.Absences != 1 || receipt.EndedBy == nil {
		t.Errorf("receipt = %+v, %v", receipt, err)
	}
}
