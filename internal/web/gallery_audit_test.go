package web

import (
	"fmt"
	"strings"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/control"
)

// auditScenes are the audit log with a page of everything, narrowed, with little and
// with nothing in it.
func auditScenes() []scene {
	all := auditLines(linesPerPage + 1)
	narrowed := ledger{Who: "ada", Action: "sign-in.", Result: "refused", Since: "2026-11-01", Until: "2026-11-20", Before: 4711}
	one := ledger{Object: all[1].Object}
	return []scene{
		auditScene("audit", ledger{}, all), auditScene("audit-narrowed", narrowed, all[3:9]),
		auditScene("audit-of-one-desktop", one, all[1:2]), auditScene("audit-no-match", narrowed, nil), auditScene("audit-none", ledger{}, nil),
	}
}

func auditScene(name string, ask ledger, lines []dictumal.Line) scene {
	wanted := control.Deeds{Since: noon, Until: noon}
	return scene{name: name, page: "audit", view: newAuditPage(frame("audit", "Audit log", ""), ask, wanted, lines)}
}

// auditLines holds each kind of line, the longest texts among them.
func auditLines(n int) []dictumal.Line {
	kinds := []dictumal.Deed{
		{Actor: "u1", Email: "ada@example.org", Via: dictumal.ViaSession, From: "192.0.2.17", Action: "deployment.launch", Result: dictumal.ResultDone},
		{Actor: "u1", Email: "ada@example.org", Via: dictumal.ViaSession, From: "192.0.2.17", Action: "deployment.create", Result: dictumal.ResultDone},
		{Actor: "u2", Email: "grace.hopper@example.org", Via: dictumal.ViaToken, From: "2001:db8:85a3:8d3:1319:8a2e:370:7348", Action: "deployment.destroy", Result: dictumal.ResultDone},
		{Via: dictumal.ViaAnonymous, From: "203.0.113.9", Action: "sign-in.refused", Result: dictumal.ResultRefused, Detail: "This link has been used or is too old; make a new one with: dictumal sign-in"},
		{Via: dictumal.ViaProgram, Action: "deployment.destroy", Result: dictumal.ResultDone, Detail: "The lifetime of 8 hours that the constitution grants is over (lifetime.ttl)."},
		{Actor: "u3", Email: strings.Repeat("long.", 20) + "name@example.org", Via: dictumal.ViaSession, From: "198.51.100.200", Action: "grant.create", Result: dictumal.ResultRefused, Detail: strings.Repeat("A sentence that goes on. ", 16)},
		{Actor: "u1", Email: "local@localhost", Via: dictumal.ViaSocket, Action: "keys.rotate", Result: dictumal.ResultFailed, Detail: "The program met a fault; the server's log has the details."},
		{Actor: "u2", Email: "grace.hopper@example.org", Via: dictumal.ViaSession, From: "192.0.2.18", Action: "token.create", Result: dictumal.ResultDone},
	}
	lines := make([]dictumal.Line, n)
	for i := range lines {
		deed := kinds[i%len(kinds)]
		deed.Number, deed.At = int64(4711-i), noon.Add(-time.Duration(i*i)*37*time.Second)
		if deed.Action != "sign-in.refused" && deed.Action != "keys.rotate" {
			deed.Object = fmt.Sprintf("01KAH3XQ%018d", 700+i)
		}
		lines[i] = dictumal.Line{Deed: deed, Chain: strings.Repeat("0", 64)}
	}
	return lines
}
