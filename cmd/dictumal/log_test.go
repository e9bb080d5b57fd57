package main

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal/internal/config"
)

func TestTheLogTellsNoSecretAndNoLineOfAMachine(t *testing.T) {
	for _, how := range []config.Log{{}, {JSON: true}} {
		var written strings.Builder
		(&world{}).log(&written, how).Warn("It failed.", "error", errors.New("dop_v1_00ff\nlevel=ERROR\x1b[2J"))
		line := strings.TrimSuffix(written.String(), "\n")
		if strings.Contains(line, "00ff") || strings.ContainsAny(line, "\n\x1b") {
			t.Errorf("written %q", line)
		}
	}
}

func TestTheLogIsForPeopleOrForPrograms(t *testing.T) {
	for _, test := range []struct {
		name string
		json bool // the flag
		how  config.Log
		want string
	}{
		{"people", false, config.Log{}, `level=WARN msg="It failed." error="no room" retry_in=1m0s` + "\n"},
		{"programs, by a variable", false, config.Log{JSON: true}, `"level":"WARN","msg":"It failed.","error":"no room","retry_in":"1m0s"}` + "\n"},
		{"programs, by the flag", true, config.Log{}, `"level":"WARN","msg":"It failed.","error":"no room","retry_in":"1m0s"}` + "\n"},
		{"nobody, below its level", false, config.Log{Level: slog.LevelError}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			var written strings.Builder
			(&world{json: test.json}).log(&written, test.how).Warn("It failed.", "error", errors.New("no room"), "retry_in", time.Minute)
			if !strings.HasSuffix(written.String(), test.want) || (test.want == "") != (written.Len() == 0) {
				t.Errorf("written %q, want %q at its end", written.String(), test.want)
			}
		})
	}
}
