package main

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/client"
	"github.com/dictumal/dictumal/internal/config"
)

func at(stage dictumal.Stage, ordered time.Time) client.Deployment {
	status := dictumal.Configuring
	if stage == dictumal.StageActive {
		status = dictumal.Active
	}
	return client.Deployment{Status: status, CreatedAt: ordered, Progress: client.Progress{Stage: stage, Percent: stage.Percent()}}
}

func TestElsewhereThanOnATerminalEachStageIsALine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var shown strings.Builder
		b := newBar(&shown, false)
		begun := time.Now()
		for _, stage := range []dictumal.Stage{
			dictumal.ProvisioningDroplet, dictumal.ProvisioningDroplet, dictumal.InstallingPackages, dictumal.StageActive,
		} {
			b.Report(at(stage, begun))
			time.Sleep(40 * time.Second)
		}
		b.Stop()
		want := " 22%  0:00  Creating the machine\n 48%  1:20  Installing packages\n100%  2:00  Active\n"
		if diff := cmp.Diff(want, shown.String()); diff != "" {
			t.Errorf("shown (-want +got):\n%s", diff)
		}
	})
}

func TestOnATerminalOneLineIsDrawnAnewAndOthersPassAboveIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var shown strings.Builder
		b := newBar(&shown, false)
		b.terminal = true
		begun := time.Now()
		b.Say("before")
		b.Report(at(dictumal.ProvisioningDroplet, begun))
		time.Sleep(1500 * time.Millisecond)
		b.Say("between")
		b.Report(at(dictumal.StageActive, begun))
		b.Stop()
		b.Stop()
		b.Say("after")
		want := []string{
			"before",
			"1: ━━━━━━┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄  22%  0:00  Creating the machine",
			"2: ━━━━━━┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄  22%  0:01  Creating the machine",
			"3: between",
			"1: ━━━━━━┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄  22%  0:01  Creating the machine",
			"2: ━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 100%  0:01  Active",
			"3: ━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 100%  0:01  Active",
			"after", "",
		}
		if diff := cmp.Diff(want, frames(shown.String())); diff != "" {
			t.Errorf("shown (-want +got):\n%s", diff)
		}
	})
}

func TestWhatIsThereAlreadyNeedsNoBarAndProgramsNeedNone(t *testing.T) {
	var shown strings.Builder
	b := newBar(&shown, false)
	b.Report(at(dictumal.StageActive, time.Now().Add(-time.Hour)))
	b.Stop()
	silent := newBar(&shown, true)
	silent.Say("for people")
	silent.Report(at(dictumal.ProvisioningDroplet, time.Now()))
	silent.Stop()
	if shown.Len() > 0 {
		t.Errorf("shown %q", shown.String())
	}
}

func TestALogPassesThroughTheBar(t *testing.T) {
	var shown strings.Builder
	w := &world{}
	w.log(newBar(&shown, false), config.Log{Level: slog.LevelWarn}).Warn("the disk is nearly full", "free", "1 GiB")
	if !strings.Contains(shown.String(), `level=WARN msg="the disk is nearly full" free="1 GiB"`) {
		t.Errorf("shown %q", shown.String())
	}
}

// frames parts what was written into lines, and numbers what was drawn over in one.
func frames(text string) []string {
	var all []string
	for line := range strings.SplitSeq(text, "\n") {
		drawn := strings.Split(line, "\r\x1b[K")
		for i, frame := range drawn {
			if len(drawn) > 1 {
				frame = fmt.Sprintf("%d: %s", i+1, frame)
			}
			all = append(all, frame)
		}
	}
	return all
}
