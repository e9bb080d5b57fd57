package reconcile_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/machine"
	"github.com/dictumal/dictumal/internal/provider/providertest"
	"github.com/dictumal/dictumal/internal/store"
)

// What the reference documents say of the way to ACTIVE, row by row. A machine is
// held in each of the conditions, and stays where the row says.

func TestSeedsStagesAreEmittedWhen(t *testing.T) {
	up := machine.Report{SSH: true, Bootstrap: "running"}
	with := func(change func(*machine.Report)) machine.Report {
		report := up
		change(&report)
		return report
	}
	for _, row := range []struct {
		name      string
		behaviour providertest.Behaviour
		shows     machine.Report
		status    dictumal.Status
		stage     dictumal.Stage
	}{
		{"provisioning-droplet: waiting for provider droplet activation", providertest.Behaviour{Boot: time.Hour}, up, "PROVISIONING", "provisioning-droplet"},
		{"waiting-for-ip: droplet active but public IP missing", providertest.Behaviour{Address: time.Hour}, up, "PROVISIONING", "waiting-for-ip"},
		{"installing-packages: no service probes are up yet", providertest.Behaviour{}, up, "CONFIGURING", "installing-packages"},
		{"starting-guacamole: VNC socket is reachable", providertest.Behaviour{}, with(func(r *machine.Report) { r.VNC = true }), "CONFIGURING", "starting-guacamole"},
		{"configuring-https: Guacamole HTTP endpoint responds", providertest.Behaviour{}, with(func(r *machine.Report) { r.VNC, r.GuacHTTP = true, true }), "CONFIGURING", "configuring-https"},
		{"active: status promoted to ACTIVE", providertest.Behaviour{}, with(func(r *machine.Report) { r.VNC, r.HTTP80, r.GuacHTTP, r.GuacHTTPS = true, true, true, true }), "ACTIVE", "active"},
	} {
		t.Run(row.name, func(t *testing.T) {
			inGuacamole(t, row.behaviour, func(w *world) {
				w.prober.shows = always(row.shows)
				defer w.run()()
				id := w.deployGuacamole()
				time.Sleep(5 * time.Minute)
				got := w.row(id)
				if got.Status != row.status || got.Progress.Stage != row.stage {
					w.Errorf("%s at %s, want %s at %s\n%s", got.Status, got.Progress.Stage, row.status, row.stage, w.story(id))
				}
				if diff := cmp.Diff(passed(row.stage), w.told(id)); diff != "" {
					w.Errorf("the stages told of differ (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// That HTTPS answers is told of as a stage of its own, though it promotes at once.
func TestSeedsFinalHealthCheckIsEmittedWhenHTTPSResponds(t *testing.T) {
	inGuacamole(t, providertest.Behaviour{}, func(w *world) {
		w.prober.shows = always(machine.Report{SSH: true, GuacHTTPS: true})
		defer w.run()()
		id := w.deployGuacamole()
		w.reaches(id, dictumal.Active, time.Minute)
		story := w.story(id)
		check, active := strings.Index(story, "progress final-health-check"), strings.Index(story, "progress active")
		if check < 0 || active < check {
			w.Errorf("the story does not tell of both in order:\n%s", story)
		}
	})
}

func TestSeedsTimeoutRule(t *testing.T) {
	for _, row := range []struct {
		name   string
		after  time.Duration
		status dictumal.Status
	}{
		{"within 20 minutes CONFIGURING goes on", 19*time.Minute + 50*time.Second, dictumal.Configuring},
		{"if CONFIGURING exceeds 20 minutes, ERROR", 20*time.Minute + 10*time.Second, dictumal.Errored},
	} {
		t.Run(row.name, func(t *testing.T) {
			inGuacamole(t, providertest.Behaviour{}, func(w *world) {
				w.prober.shows = always(machine.Report{SSH: true, VNC: true, GuacHTTP: true, Bootstrap: "running"})
				w.prober.log = []byte("12:00:01 Setting up packages: 40 %\n")
				defer w.run()()
				id := w.deployGuacamole()
				begun := w.reaches(id, dictumal.Configuring, time.Minute).ConfiguringAt
				time.Sleep(time.Until(begun.Add(row.after)))
				got := w.row(id)
				if got.Status != row.status {
					w.Fatalf("%s after %s, want %s", got.Status, row.after, row.status)
				}
				if row.status == dictumal.Errored {
					pointsToTheLog(w, got)
				}
			})
		})
	}
}

// Private

// pointsToTheLog wants the message to name the log and to hold the end of it.
func pointsToTheLog(w *world, row store.Row) {
	w.Helper()
	want := "The desktop was not ready within 20 minutes; the machine's /var/log/dictumal-init.log says why. " +
		"Its last lines:\n12:00:01 Setting up packages: 40 %"
	if row.Failure == nil || row.Failure.Reason != dictumal.ReasonConfiguringTimeout || row.Failure.Cause != want {
		w.Errorf("failure = %+v, want %q", row.Failure, want)
	}
}

// passed are the stages up to one.
func passed(last dictumal.Stage) (stages []dictumal.Stage) {
	for _, stage := range dictumal.Stages(dictumal.Guacamole) {
		if stage.Percent() <= last.Percent() {
			stages = append(stages, stage)
		}
	}
	return stages
}

// told are the stages that a deployment's events tell of, in order.
func (w *world) told(id string) (stages []dictumal.Stage) {
	w.Helper()
	entries, err := w.store.Timeline(w.Context(), id)
	w.must(err)
	for _, entry := range entries {
		if entry.Kind == dictumal.EventProgress {
			stages = append(stages, entry.Stage)
		}
	}
	return stages
}
