package constitution_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/dictumal/dictumal/internal/constitution"
)

func TestARewrittenLineShowsTheWordsThatDiffer(t *testing.T) {
	kept, added, removed := constitution.Kept, constitution.Added, constitution.Removed
	got := constitution.Diff("# Rules\nThe lease ends at noon.\nlast\n", "# Rules\nThe lease ends at dusk.\nlast\nnew\n")
	want := []constitution.DiffLine{
		{Change: kept, Old: 1, New: 1, Spans: []constitution.Span{{Change: kept, Text: "# Rules"}}},
		{Change: removed, Old: 2, Spans: []constitution.Span{
			{Change: kept, Text: "The lease ends at "}, {Change: removed, Text: "noon"}, {Change: kept, Text: "."},
		}},
		{Change: added, New: 2, Spans: []constitution.Span{
			{Change: kept, Text: "The lease ends at "}, {Change: added, Text: "dusk"}, {Change: kept, Text: "."},
		}},
		{Change: kept, Old: 3, New: 3, Spans: []constitution.Span{{Change: kept, Text: "last"}}},
		{Change: added, New: 4, Spans: []constitution.Span{{Change: added, Text: "new"}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

func TestADifferenceHoldsBothDocumentsWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune("ab é.\n")))
		before, after := text.Draw(t, "before"), text.Draw(t, "after")
		var olds, news strings.Builder
		for _, line := range constitution.Diff(before, after) {
			if line.Change != constitution.Added {
				olds.WriteString(line.Text() + "\n")
			}
			if line.Change != constitution.Removed {
				news.WriteString(line.Text() + "\n")
			}
		}
		if got, want := olds.String(), constitution.Normalize(before); got != want {
			t.Fatalf("old side is %q, want %q", got, want)
		}
		if got, want := news.String(), constitution.Normalize(after); got != want {
			t.Fatalf("new side is %q, want %q", got, want)
		}
	})
}
