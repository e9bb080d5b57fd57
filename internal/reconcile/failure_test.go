package reconcile_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/machine"
	"github.com/dictumal/dictumal/internal/provider/providertest"
	"github.com/dictumal/dictumal/internal/store"
)

func always(report machine.Report) func(time.Duration) (machine.Report, error) {
	return func(time.Duration) (machine.Report, error) { return report, nil }
}

func TestADeploymentThatCannotBeKeptSaysWhy(t *testing.T) {
	minute := time.Minute
	for name, is := range map[string]struct {
		behaviour providertest.Behaviour
		shows     func(time.Duration) (machine.Report, error)
		happens   func(w *world, id string)
		after     time.Duration
		reason    dictumal.Reason
		says      string
	}{
		"the machine never comes up": {
			behaviour: providertest.Behaviour{Boot: time.Hour},
			after:     11 * minute, reason: dictumal.ReasonProvisioningTimeout, says: "10 minutes",
		},
		"the desktop is never ready": {
			shows: always(machine.Report{SSH: true}),
			after: 4 * minute, reason: dictumal.ReasonConfiguringTimeout, says: "/var/log/dictumal-init.log says why. Its last lines:\n12:00:01 Installing",
		},
		"the machine makes nothing but trouble": {
			shows: always(machine.Report{Cause: errors.New("connect to the machine: ssh: handshake failed: EOF")}),
			after: 4 * minute, reason: dictumal.ReasonConfiguringTimeout,
			says: "says why. The last look into it failed: connect to the machine: ssh: handshake failed: EOF.",
		},
		"the machine lets every look wait": {
			shows: func(time.Duration) (machine.Report, error) { return machine.Report{}, context.DeadlineExceeded },
			after: 4 * minute, reason: dictumal.ReasonConfiguringTimeout,
			says: "The last look into it failed: it did not answer within 8 seconds.",
		},
		"another host key answers": {
			shows: func(time.Duration) (machine.Report, error) { return machine.Report{}, machine.ErrHostKeyChanged },
			after: minute, reason: dictumal.ReasonHostKeyChanged, says: "host key",
		},
		"the bootstrap fails": {
			shows: always(machine.Report{SSH: true, Failure: &dictumal.Failure{
				Reason: dictumal.ReasonPackageUnknown, Cause: "There is no package fierfox.", NextStep: "Correct it.",
			}}),
			after: minute, reason: dictumal.ReasonPackageUnknown, says: "fierfox",
		},
		"the desktop dies at start": {
			shows: always(machine.Report{SSH: true, VNC: true, Greeting: true, Framebuffer: true, Bootstrap: "done", Dialogs: []string{"Unable to contact settings server"}}),
			after: 3 * minute, reason: dictumal.ReasonDesktopFailed, says: "Unable to contact settings server",
		},
		"the machine stays off": {
			behaviour: providertest.Behaviour{StayOff: true},
			happens:   func(w *world, id string) { w.provider.PowerOff(w.row(id).MachineID) },
			after:     3 * minute, reason: dictumal.ReasonMachineOff, says: "2 minutes",
		},
		"the machine is removed behind our back": {
			happens: func(w *world, id string) { w.provider.Vanish(w.row(id).MachineID) },
			after:   2 * time.Second, reason: dictumal.ReasonMachineVanished, says: "memory no longer has it",
		},
		"the machine is removed behind a slow cloud's back": {
			behaviour: providertest.Behaviour{Traits: cloud},
			happens:   func(w *world, id string) { w.provider.Vanish(w.row(id).MachineID) },
			after:     4 * minute, reason: dictumal.ReasonMachineVanished, says: "memory no longer has it",
		},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, is.behaviour, func(w *world) {
				w.options.ConfiguringTimeout = 3 * time.Minute
				w.prober.log = []byte("12:00:01 Installing\n")
				if is.shows != nil {
					w.prober.shows = is.shows
				}
				defer w.run()()
				id := w.deploy()
				if is.happens != nil {
					w.reaches(id, dictumal.Active, time.Minute)
					is.happens(w, id)
				}
				f := w.reaches(id, dictumal.Errored, is.after).Failure
				if f == nil || f.Reason != is.reason || !strings.Contains(f.Cause, is.says) || f.NextStep == "" {
					w.Errorf("failure = %+v, want %s that says %q and what to do", f, is.reason, is.says)
				}
			})
		})
	}
}

func TestTheMachineOfAFailureIsKeptForAWhile(t *testing.T) {
	inWorld(t, providertest.Behaviour{}, func(w *world) {
		w.prober.shows = func(time.Duration) (machine.Report, error) { return machine.Report{}, machine.ErrHostKeyChanged }
		defer w.run()()
		id := w.deploy()
		w.reaches(id, dictumal.Errored, time.Minute)
		time.Sleep(59 * time.Minute)
		if w.machines() != 1 {
			w.Fatal("the machine was not kept for an hour")
		}
		row := w.until(id, 5*time.Minute, "no machine", func(row store.Row) bool { return !row.MachineGoneAt.IsZero() })
		if w.machines() != 0 || row.Status != dictumal.Errored || row.ClientKey != "" {
			w.Errorf("%d machines, %s; want none, and the row to stay ERROR", w.machines(), row.Status)
		}
		w.destroy(id)
		w.reaches(id, dictumal.Destroyed, time.Second)
	})
}

func TestABootLogIsCopiedAsTextAndInBounds(t *testing.T) {
	long := strings.Repeat("Unpacking naïve €uro\x1b[31m \x00…\r\n", 60_000)
	inWorld(t, providertest.Behaviour{}, func(w *world) {
		w.prober.log = []byte(long)
		defer w.run()()
		id := w.deploy()
		w.reaches(id, dictumal.Active, time.Minute)
		entries, err := w.store.Log(w.Context(), id, 0)
		w.must(err)
		var text strings.Builder
		for i, e := range entries {
			if i > 0 && e.LogOffset <= entries[i-1].LogOffset {
				w.Fatalf("offset %d follows %d", e.LogOffset, entries[i-1].LogOffset)
			}
			text.WriteString(e.Text)
		}
		end := w.row(id).LogOffset
		if end > 1<<20 || end < 1<<20-4 {
			w.Errorf("%d bytes were copied, want 1 MiB", end)
		}
		clean := strings.NewReplacer("\x1b", "", "\x00", "", "\r", "").Replace(long[:end])
		if text.String() != clean {
			w.Error("the text is not the log without its control characters")
		}
	})
}

func TestABootLogHasNoPowerOverWhoReadsIt(t *testing.T) {
	for name, is := range map[string]struct{ log, want string }{
		"screen controls":         {"\x1b[2J\x1b]0;owned\ano\x9b31m\n", "[2J]0;ownedno�31m\n"},
		"carriage returns":        {"level=INFO all is well\r\rERROR\r\n", "level=INFO all is wellERROR\n"},
		"turned writing":          {"safe \u202egnp.exe\u2066\u200f\n", "safe gnp.exe\n"},
		"what is not UTF-8":       {"\xff\xfe\xc0\xafä\x00\n", "�ä\n"},
		"markup":                  {"<script>alert(1)</script>\n", "<script>alert(1)</script>\n"}, // it is text, and shown as such
		"another server's events": {"\n\nevent: status\ndata: {}\n\n", "\n\nevent: status\ndata: {}\n\n"},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, providertest.Behaviour{}, func(w *world) {
				w.prober.log = []byte(is.log)
				defer w.run()()
				id := w.deploy()
				w.reaches(id, dictumal.Active, time.Minute)
				entries, err := w.store.Log(w.Context(), id, 0)
				w.must(err)
				if len(entries) != 1 || entries[0].Text != is.want {
					w.Errorf("the log is %+v, want %q", entries, is.want)
				}
			})
		})
	}
}

// mentions wants one event of the deployment to hold all the words.
func (w *world) mentions(id string, words ...string) {
	w.Helper()
	for line := range strings.Lines(w.story(id)) {
		if !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(line, word) }) {
			return
		}
	}
	w.Errorf("no event says %q:\n%s", words, w.story(id))
}
