package dictumal_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dictumal/dictumal"
)

// What the reference documents say of states, stages and checks, row by row.

func TestSeedsStateMachine(t *testing.T) {
	for _, row := range []struct {
		name     string
		from, to dictumal.Status
		may      bool
	}{
		{"PROVISIONING -> CONFIGURING", "PROVISIONING", "CONFIGURING", true},
		{"CONFIGURING -> ACTIVE", "CONFIGURING", "ACTIVE", true},
		{"PROVISIONING -> ERROR", "PROVISIONING", "ERROR", true},
		{"CONFIGURING -> ERROR", "CONFIGURING", "ERROR", true},
		{"any status -> DESTROYED, by way of DESTROYING: from PROVISIONING", "PROVISIONING", "DESTROYING", true},
		{"any status -> DESTROYED, by way of DESTROYING: from CONFIGURING", "CONFIGURING", "DESTROYING", true},
		{"any status -> DESTROYED, by way of DESTROYING: from ACTIVE", "ACTIVE", "DESTROYING", true},
		{"any status -> DESTROYED, by way of DESTROYING: from ERROR", "ERROR", "DESTROYING", true},
		{"DESTROYING -> DESTROYED", "DESTROYING", "DESTROYED", true},
		{"never at once, since the machine may still be there", "ACTIVE", "DESTROYED", false},
		{"PROVISIONING does not skip CONFIGURING", "PROVISIONING", "ACTIVE", false},
		{"ERROR stays, whatever succeeds late", "ERROR", "ACTIVE", false},
		{"ACTIVE -> ERROR, where its machine has vanished", "ACTIVE", "ERROR", true},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := row.from.CanBecome(row.to); got != row.may {
				t.Errorf("%s may become %s: %v, want %v", row.from, row.to, got, row.may)
			}
		})
	}
}

func TestSeedsStagesInOrder(t *testing.T) {
	rows := []struct {
		stage   dictumal.Stage
		percent int
	}{
		{"provisioning-droplet", 22},
		{"waiting-for-ip", 35},
		{"installing-packages", 48},
		{"starting-guacamole", 62},
		{"configuring-https", 78},
		{"final-health-check", 92},
		{"active", 100},
	}
	var order []dictumal.Stage
	for _, row := range rows {
		order = append(order, row.stage)
		t.Run(string(row.stage), func(t *testing.T) {
			if got := row.stage.Percent(); got != row.percent {
				t.Errorf("%d percent, want %d", got, row.percent)
			}
		})
	}
	if diff := cmp.Diff(order, dictumal.Stages(dictumal.Guacamole)); diff != "" {
		t.Errorf("the stages differ (-want +got):\n%s", diff)
	}
}

func TestSeedsProbes(t *testing.T) {
	want := []dictumal.Check{"vnc5901", "http80", "guacHttp8080", "guacHttps443"}
	if diff := cmp.Diff(want, dictumal.Checks(dictumal.Guacamole)); diff != "" {
		t.Errorf("the probes differ (-want +got):\n%s", diff)
	}
}
