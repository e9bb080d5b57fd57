package control_test

import (
	"context"
	"fmt"
	"iter"
	"testing"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/control"
)

func TestTheAuditLogIsForAdministrators(t *testing.T) {
	root := dictumal.Principal{User: dictumal.User{ID: "root", Admin: true}, Session: "s"}
	oneDesktop, token, whole := root, root, root
	oneDesktop.OnlyDesktop = "D1"
	token.Session, token.Token, token.Scopes = "", "t", []dictumal.Scope{dictumal.ScopeDeploy, dictumal.ScopeLaunch}
	whole.Session, whole.Token, whole.Scopes = "", "t", []dictumal.Scope{dictumal.ScopeAdmin}
	for _, test := range []struct {
		name string
		who  dictumal.Principal
		want dictumal.Code // empty: let in
	}{
		{"an administrator", root, ""},
		{"a token of one with the scope", whole, ""},
		{"a token of one without the scope", token, dictumal.CodeForbidden},
		{"a session of one for one desktop only", oneDesktop, dictumal.CodeForbidden},
		{"somebody else", ada, dictumal.CodeForbidden},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDesk(t, "")
			var told []dictumal.Deed
			d.Audit = func(_ context.Context, deed dictumal.Deed) { told = append(told, deed) }
			if _, err := d.Audited(t.Context(), test.who, control.Deeds{}, 0, 10); err == nil != (test.want == "") || err != nil && dictumal.ErrorCode(err) != test.want {
				t.Errorf("to look at it answers %v", err)
			}
			if len(told) != 0 {
				t.Errorf("to look at it is a deed: %+v", told)
			}
			result := dictumal.ResultDone
			if _, err := d.ExportAudit(t.Context(), test.who, control.Deeds{}); err == nil != (test.want == "") || err != nil && dictumal.ErrorCode(err) != test.want {
				t.Errorf("to export it answers %v", err)
			} else if err != nil {
				result = dictumal.ResultRefused
			}
			if len(told) != 1 || told[0].Action != "audit.export" || told[0].Result != result {
				t.Errorf("to export it is written down as %+v, want %s", told, result)
			}
		})
	}
}

func TestAnExportHoldsEveryLineHoweverManyThereAre(t *testing.T) {
	d := newDesk(t, "")
	deeds := make([]dictumal.Deed, 2*control.MostLines)
	for i := range deeds {
		deeds[i] = dictumal.Deed{Action: "deployment.launch", Object: fmt.Sprint(i + 1)}
	}
	d.Audit = func(ctx context.Context, deed dictumal.Deed) { _ = d.store.AddDeeds(ctx, append(deeds, deed)...) }
	lines, err := d.ExportAudit(t.Context(), dictumal.Principal{User: dictumal.User{ID: "root", Admin: true}, Session: "s"}, control.Deeds{})
	if err != nil {
		t.Fatal(err)
	}
	n, last := int64(0), dictumal.Line{}
	for line, err := range lines {
		if n++; err != nil || line.Number != n {
			t.Fatalf("line %d is %+v, %v", n, line, err)
		}
		last = line
	}
	if n != int64(len(deeds))+1 || last.Action != "audit.export" {
		t.Errorf("%d lines were exported, the last of them %+v", n, last)
	}
	next, stop := iter.Pull2(lines)
	if _, err, ok := next(); err != nil || !ok {
		t.Errorf("a second reader is given %v, %v", err, ok)
	}
	stop() // who leaves early keeps nothing open
}
