package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/client"
)

func TestAnAuditSaysLastWhetherAnythingBelongsToNobody(t *testing.T) {
	down := &dictumal.Failure{Cause: "DigitalOcean does not answer.", NextStep: "It is asked again."}
	for _, test := range []struct {
		name  string
		fleet client.Fleet
		want  string
	}{
		{"to an admin, nothing", client.Fleet{Provider: "DigitalOcean", All: &client.Spend{}}, "Nothing is unowned: every machine that DigitalOcean lists belongs to a desktop."},
		{"to an admin, one", client.Fleet{All: &client.Spend{}, Totals: client.Totals{Unowned: 1}}, "1 machine belongs to nobody."},
		{"to an admin, several", client.Fleet{All: &client.Spend{}, Totals: client.Totals{Unowned: 2}}, "2 machines belong to nobody."},
		{"to others that they cannot know", client.Fleet{}, "These are your own. An admin sees those of others, and those that belong to nobody."},
		{"without a list that nobody can", client.Fleet{Provider: "DigitalOcean", All: &client.Spend{}, Failure: down}, "DigitalOcean has not given its list, so these are the machines as last known, and whether one belongs to nobody cannot be told. DigitalOcean does not answer."},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out bytes.Buffer
			w := &world{stdout: &out}
			w.sayFleet(audit{Fleet: test.fleet})
			lines := strings.Split(strings.TrimSpace(out.String()), "\n")
			if got := lines[len(lines)-1]; got != test.want {
				t.Errorf("the last line is %q, want %q", got, test.want)
			}
		})
	}
}

func TestAnAuditTellsWhatEachMachineIsAndCosts(t *testing.T) {
	at := time.Date(2026, 11, 20, 14, 2, 11, 0, time.UTC)
	name, cost, most := "dictumal-here-m", 1.5, 50.0
	desktop := &client.MachineDesktop{Title: "Desk", Status: dictumal.Active, Owner: "ada@example.org"}
	fleet := client.Fleet{
		Machines: []client.Machine{
			{Name: &name, Standing: "unowned", Since: &at, RemovedAt: &at},
			{Name: &name, Standing: "unowned", Since: &at, Kept: true, Cost: &cost},
			{Name: &name, Standing: "unowned"},
			{Standing: "owned", Deployment: desktop, Cost: &cost},
			{Standing: "being-made", Deployment: desktop},
			{Standing: "being-removed", Deployment: desktop},
			{Standing: "missing", Deployment: desktop, Since: &at},
			{Standing: "unknown", Deployment: desktop},
		},
		Totals: client.Totals{Count: 8, Unowned: 3, Unpriced: 2, Cost: 3, PerHour: 0.036, Month: 12},
		Spend:  client.Spend{Spent: 12, Committed: 7, Cap: &most},
		All:    &client.Spend{},
	}
	var out bytes.Buffer
	w := &world{stdout: &out}
	w.sayFleet(audit{Fleet: fleet, Health: client.Health{Failure: &dictumal.Failure{Cause: "It does not answer.", NextStep: "It is asked again."}}})
	for _, want := range []string{
		"NOBODY'S since 2026-11-20 14:02:11 UTC; is removed after 2026-11-20 14:02:11 UTC",
		"kept until an admin confirms: dictumal sweep --confirm", "the sweeper has not seen it yet", "$1.50", "unknown",
		"ada@example.org", "ACTIVE\n", "is being made; not listed yet", "is being removed; not listed any more",
		"NOT LISTED since 2026-11-20 14:02:11 UTC", "ACTIVE, as last known",
		"8 machines, $3.00 so far and more (the price of 2 is unknown), $0.036 an hour, $12.00 this month.",
		"You have spent $12.00 of $50.00 this month; what is there may cost $7.00 more.",
		"It does not answer. It is asked again.", "3 machines belong to nobody.",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, out.String())
		}
	}
}

func TestAReceiptIsReadFromTopToBottom(t *testing.T) {
	at, machine, id, by, seen := time.Date(2026, 11, 20, 14, 2, 11, 0, time.UTC), "dictumal-here-m", "17", "Destroy was asked for by ada@example.org.", "Seen without it once."
	var out bytes.Buffer
	w := &world{stdout: &out}
	w.sayReceipt(client.Receipt{
		Deployment: "D1", Constitution: client.Constitution{Title: "Desk", Version: 3, Hash: "abc"}, Provider: "incus", Region: "local", Size: "small",
		Machine: &machine, MachineID: &id, OrderedAt: &at, ActiveAt: &at, EndedAt: &at, EndedBy: &by, GoneAt: &at, Observed: &seen,
		RanSeconds: 3661, PricePerHour: 0.018, Rule: "Charged by the second.", Cost: 0.02, Sentence: "Incus confirms that nothing remains.",
	})
	text, from := out.String(), 0
	for _, want := range []string{
		"Receipt       D1", "Desk, version 3", "abc", "dictumal-here-m (17)", "incus, local, small", "Ordered       2026-11-20 14:02:11 UTC", "Active  ",
		"Ended  ", by, "Gone  ", seen, "1 hour 1 minute 1 second", "$0.018 an hour. Charged by the second.", "Cost          $0.02", "Incus confirms that nothing remains.\n",
	} {
		at := strings.Index(text[from:], want)
		if at < 0 {
			t.Fatalf("%q is missing, or not in its place, in\n%s", want, text)
		}
		from += at
	}
}
