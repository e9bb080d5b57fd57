package client_test

import (
	"bytes"
	"testing"

	"github.com/dictumal/dictumal/internal/client"
)

func TestTheAuditLogIsReadAndTakenAway(t *testing.T) {
	r := start(t)
	if _, err := r.CreateConstitution(t.Context(), "---\ntitle: Desk\n---\n\nA desk.\n"); err != nil {
		t.Fatal(err)
	}
	lines, err := r.Audit(t.Context(), client.AuditQuery{Action: "constitution.", Limit: 1})
	if err != nil || len(lines) != 1 || lines[0].Action != "constitution.create" || lines[0].Via != "socket" {
		t.Errorf("the log holds %+v, %v", lines, err)
	}
	for way, c := range map[string]*client.Client{"through the socket": r.Client, "with a token": r.token} {
		var export bytes.Buffer
		if err := c.ExportAudit(t.Context(), client.AuditQuery{}, &export); err != nil {
			t.Fatal(err)
		}
		chain, last := "", client.AuditLine{}
		err = client.ReadAudit(&export, func(line client.AuditLine) error {
			if line.Chain != line.Follows(chain) {
				t.Errorf("%s: line %d does not follow from the one before", way, line.Number)
			}
			chain, last = line.Chain, line
			return nil
		})
		if err != nil || last.Action != "audit.export" {
			t.Errorf("%s: the last line is %+v, %v", way, last, err)
		}
	}
}
