package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/client"
)

func TestAnAuditLogIsVerifiedLineByLine(t *testing.T) {
	whole := exported(5)
	changed := func(change func(lines []client.AuditLine) []client.AuditLine) []client.AuditLine {
		return change(exported(5))
	}
	for _, test := range []struct {
		name  string
		lines []client.AuditLine
		has   string
		want  string // in what is said, or in the error
		fails bool
	}{
		{"as it was written", whole, "", "All 5 lines of the audit log are as they were written.", false},
		{"with a chain that was noted", whole, whole[2].Chain, "All 5 lines", false},
		{"without the chain that was noted", whole, strings.Repeat("0", 64), "the log was written anew, or lines were cut off", true},
		{"a part of it", whole[2:], "", "Lines 3 to 5 follow from each other; what came before them is not in the file.", false},
		{"empty", nil, "", "The audit log is empty.", false},
		{"with a line changed", changed(func(l []client.AuditLine) []client.AuditLine {
			l[2].Action = "nothing"
			return l
		}), "", "Line 3 of the audit log is not the one that was written", true},
		{"with the first line changed", changed(func(l []client.AuditLine) []client.AuditLine {
			l[0].At = l[0].At.Add(time.Second)
			return l
		}), "", "Line 1 of the audit log", true},
		{"with a line changed and its chain made to fit", changed(func(l []client.AuditLine) []client.AuditLine {
			l[2].Action = "nothing"
			l[2].Chain = l[2].Follows(l[1].Chain)
			return l
		}), "", "Line 4 of the audit log", true},
		{"with a line left out", changed(func(l []client.AuditLine) []client.AuditLine { return append(l[:2], l[3:]...) }), "", "After line 2 of the audit log comes line 4", true},
		{"with a line left out and the others renumbered", changed(func(l []client.AuditLine) []client.AuditLine {
			l = append(l[:2], l[3:]...)
			l[2].Number, l[3].Number = 3, 4
			return l
		}), "", "Line 3 of the audit log", true},
		{"with a line put in between", changed(func(l []client.AuditLine) []client.AuditLine {
			return append(l[:3], append([]client.AuditLine{l[2]}, l[3:]...)...)
		}), "", "After line 3 of the audit log comes line 3", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out, complaint bytes.Buffer
			w := &world{ctx: t.Context(), stdout: &out, stderr: &complaint}
			arguments := []string{"audit", "verify", written(t, test.lines)}
			if test.has != "" {
				arguments = append(arguments, "--has", test.has)
			}
			code := run(w, arguments)
			if (code == exitFailed) != test.fails || !strings.Contains(out.String()+complaint.String(), test.want) {
				t.Errorf("exit code %d: %s%s, want %q", code, &out, &complaint, test.want)
			}
		})
	}
}

func TestTheChainThatIsToBeNotedIsThatOfTheLastLine(t *testing.T) {
	lines := exported(3)
	var out bytes.Buffer
	if code := run(&world{ctx: t.Context(), stdout: &out, stderr: &out}, []string{"audit", "verify", written(t, lines), "--json"}); code != exitOK {
		t.Fatalf("exit code %d: %s", code, &out)
	}
	var got verified
	if err := json.Unmarshal(out.Bytes(), &got); err != nil || got != (verified{Lines: 3, First: 1, Last: 3, Chain: lines[2].Chain}) {
		t.Errorf("it says %s, %v", &out, err)
	}
}

func TestALineThatIsNoneIsSaidSo(t *testing.T) {
	file := filepath.Join(t.TempDir(), "audit.jsonl")
	if err := os.WriteFile(file, []byte("hello\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var complaint bytes.Buffer
	if code := run(&world{ctx: t.Context(), stdout: &complaint, stderr: &complaint}, []string{"audit", "verify", file}); code != exitFailed || !strings.Contains(complaint.String(), "read a line of the audit log") {
		t.Errorf("exit code %d: %s", code, &complaint)
	}
}

func TestTheAuditLogIsShownAsLogsAre(t *testing.T) {
	lines := exported(2)
	var out bytes.Buffer
	w := &world{stdout: &out}
	w.sayAudit([]client.AuditLine{lines[1], lines[0]}) // the newest first, as the server sends them
	shown := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(shown) != 3 || !strings.HasPrefix(shown[0], "LINE") || !strings.HasPrefix(shown[1], "1 ") || !strings.HasPrefix(shown[2], "2 ") {
		t.Fatalf("it shows\n%s", &out)
	}
	for _, want := range []string{"2026-11-20 12:00:01 UTC", "ada@example.org", "session", "192.0.2.1", "deployment.launch", "D1", "done"} {
		if !strings.Contains(shown[2], want) {
			t.Errorf("%q is missing in %s", want, shown[2])
		}
	}
	out.Reset()
	w.sayAudit(nil)
	if got := out.String(); got != "There is no such line in the audit log.\n" {
		t.Errorf("of nothing it shows %q", got)
	}
}

// Private

// exported is so many lines that follow from each other.
func exported(n int) []client.AuditLine {
	lines, chain := make([]client.AuditLine, n), ""
	email, from, object := "ada@example.org", "192.0.2.1", "D1"
	for i := range lines {
		lines[i] = client.AuditLine{
			Number: int64(i + 1), At: time.Date(2026, 11, 20, 12, 0, i, 1000, time.UTC), Email: &email, Via: dictumal.ViaSession, From: &from,
			Action: "deployment.launch", Object: &object, Result: dictumal.ResultDone,
		}
		chain = lines[i].Follows(chain)
		lines[i].Chain = chain
	}
	return lines
}

func written(t *testing.T, lines []client.AuditLine) string {
	t.Helper()
	var text bytes.Buffer
	for _, line := range lines {
		if err := json.NewEncoder(&text).Encode(line); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(t.TempDir(), "audit.jsonl")
	if err := os.WriteFile(file, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
