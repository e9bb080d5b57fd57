package web

import (
	"net/url"
	"strings"
	"testing"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/constitution"
)

func TestPagingShowsEveryInstanceOnce(t *testing.T) {
	all := many(500)
	seen := map[string]bool{}
	link, pages := "/instances", 0
	for link != "" {
		page := newInstancesPage(Frame{}, pick(all, asked(t, link)), asked(t, link), surroundings(), nil)
		for _, card := range page.Cards {
			if seen[card.ID] {
				t.Fatalf("%s is shown twice", card.ID)
			}
			seen[card.ID] = true
		}
		link = page.Older
		pages++
	}
	if len(seen) != 500 || pages != 34 {
		t.Errorf("%d instances were shown on %d pages", len(seen), pages)
	}
}

func TestPagingBackLeadsWhereOneCameFrom(t *testing.T) {
	all := many(60)
	first := newInstancesPage(Frame{}, pick(all, listing{}), listing{}, surroundings(), nil)
	second := newInstancesPage(Frame{}, pick(all, asked(t, first.Older)), asked(t, first.Older), surroundings(), nil)
	third := newInstancesPage(Frame{}, pick(all, asked(t, second.Older)), asked(t, second.Older), surroundings(), nil)
	if back := newInstancesPage(Frame{}, pick(all, asked(t, third.Newer)), asked(t, third.Newer), surroundings(), nil); back.Cards[0].ID != second.Cards[0].ID {
		t.Error("back from the third page is not the second")
	}
	if back := newInstancesPage(Frame{}, pick(all, asked(t, second.Newer)), asked(t, second.Newer), surroundings(), nil); back.Cards[0].ID != first.Cards[0].ID {
		t.Error("back from the second page is not the first")
	}
}

func asked(t *testing.T, link string) listing {
	t.Helper()
	parsed, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	query := parsed.Query()
	return listing{Query: query.Get("q"), State: query.Get("state"), After: query.Get("after")}
}

func TestFilters(t *testing.T) {
	all := several()
	for _, test := range []struct {
		name string
		ask  listing
		want int
	}{
		{"nothing asked shows all", listing{}, 6},
		{"a state narrows", listing{State: "active"}, 2},
		{"starting holds two statuses", listing{State: "starting"}, 2},
		{"text is found in titles whatever its case", listing{Query: "WELCOME"}, 1},
		{"text is found in addresses", listing{Query: "203.0.113.24"}, 1},
		{"state and text narrow together", listing{State: "failed", Query: "welcome"}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := newInstancesPage(Frame{}, pick(all, test.ask), test.ask, surroundings(), nil).Matching; got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
}

func TestStepsShowHowFarItIs(t *testing.T) {
	for stage, want := range map[dictumal.Stage]string{
		dictumal.ProvisioningDroplet: "now todo todo todo todo todo todo",
		dictumal.InstallingPackages:  "done done now todo todo todo todo",
		dictumal.StageActive:         "done done done done done done done",
	} {
		var states []string
		for _, step := range newSteps(deployment(1, "x", dictumal.Configuring, stage)) {
			states = append(states, step.State)
		}
		if got := strings.Join(states, " "); got != want {
			t.Errorf("%s: got %s, want %s", stage, got, want)
		}
	}
}

func TestARedlineLeavesOutWhatStayed(t *testing.T) {
	old := strings.Repeat("same\n", 20) + "old line\n" + strings.Repeat("same\n", 20)
	rows := newRedline(constitution.Diff(old, strings.Replace(old, "old line", "new line", 1)))
	var kinds []string
	for _, row := range rows {
		kinds = append(kinds, row.Kind)
	}
	if got, want := strings.Join(kinds, " "), "gap same same same delete insert same same same gap"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if text := rows[0].Parts[0].Text; text != "17 lines unchanged" {
		t.Errorf("the gap says %q", text)
	}
}

func TestALogIsCutToWholeLines(t *testing.T) {
	if got := tail("first line\nsecond line\nthird\n", 12); got != "third\n" {
		t.Errorf("got %q", got)
	}
	if got := tail("short\n", 12); got != "short\n" {
		t.Errorf("got %q", got)
	}
}

func TestAFailureOffersWhatHelps(t *testing.T) {
	unknown := newCard(failed(1, "x", dictumal.Failure{Reason: dictumal.ReasonPackageUnknown}), surroundings())
	other := newCard(failed(1, "x", dictumal.Failure{Reason: dictumal.ReasonNoRoom}), surroundings())
	if !unknown.Failure.Edit || other.Failure.Edit {
		t.Error("only an unknown package is mended in the document")
	}
	if unknown.Failure.Kept == nil || unknown.Failure.Kept.Words != "in 51 minutes" {
		t.Errorf("the machine is kept until %+v", unknown.Failure.Kept)
	}
}
