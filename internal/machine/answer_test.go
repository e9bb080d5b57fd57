package machine

import (
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
)

func TestAnswer(t *testing.T) {
	at := time.Unix(1_800_000_000, 500_000_000)
	for _, test := range []struct {
		name, text, wantErr string
		want                func(Report) bool
	}{
		{name: "takes over what is well", text: `{"bootstrap":"done","vnc":true,"desktop":true}`, want: func(r Report) bool {
			return r.Bootstrap == "done" && r.VNC && r.Desktop && r.Failure == nil
		}},
		{name: "gives a failure without a known reason the general one", text: `{"bootstrap":"failed","reason":"quota"}`, want: func(r Report) bool {
			return r.Failure.Reason == dictumal.ReasonBootstrapFailed && r.Failure.Cause != "" && r.Failure.NextStep != ""
		}},
		{name: "cuts a long cause", text: `{"bootstrap":"failed","cause":"` + strings.Repeat("ä", 1000) + `"}`, want: func(r Report) bool {
			return len([]rune(r.Failure.Cause)) == maxCause && strings.HasSuffix(r.Failure.Cause, "ä…")
		}},
		{name: "keeps few dialogs", text: `{"bootstrap":"done","dialogs":["` + strings.Repeat(`x","`, 100) + `"]}`, want: func(r Report) bool {
			return len(r.Dialogs) == maxDialogs
		}},
		{name: "tells by how much the clock is ahead", text: `{"bootstrap":"done","now":1800000600.25}`, want: func(r Report) bool {
			return r.Clocked && r.Clock == 10*time.Minute-250*time.Millisecond
		}},
		{name: "tells by how much the clock is behind", text: `{"bootstrap":"done","now":1799999400.5}`, want: func(r Report) bool {
			return r.Clocked && r.Clock == -10*time.Minute
		}},
		{name: "believes no clock that is days away", text: `{"bootstrap":"done","now":1e300}`, want: func(r Report) bool {
			return r.Clocked && r.Clock == 24*time.Hour
		}},
		{name: "believes no clock that stands", text: `{"bootstrap":"done","now":0}`, want: func(r Report) bool {
			return r.Clocked && r.Clock == -24*time.Hour
		}},
		{name: "knows nothing of a clock that was not told", text: `{"bootstrap":"done"}`, want: func(r Report) bool {
			return !r.Clocked && r.Clock == 0
		}},
		{name: "refuses a clock that is no number", text: `{"bootstrap":"done","now":1e999}`, wantErr: "cannot unmarshal"},
		{name: "refuses an unknown state", text: `{"bootstrap":"\u001b[2J"}`, wantErr: `unknown state "[2J"`},
		{name: "refuses what is not JSON", text: `bash: probe: not found`, wantErr: "invalid character"},
		{name: "refuses more than one object", text: `{"bootstrap":"done"}{}`, wantErr: "after top-level value"},
		{name: "refuses the wrong kind of value", text: `{"bootstrap":"done","vnc":"yes"}`, wantErr: "cannot unmarshal"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var report Report
			err := report.read([]byte(test.text), at)
			if test.wantErr != "" {
				if err == nil || !strings.Contains(err.Error(), test.wantErr) {
					t.Errorf("the error is %v", err)
				}
				return
			}
			if err != nil || !test.want(report) {
				t.Errorf("the report is %+v (%v)", report, err)
			}
		})
	}
}
