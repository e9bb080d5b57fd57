package crash

import (
	"slices"
	"strings"
	"testing"
)

func TestAProgramEndsAtItsPointAndNowhereElse(t *testing.T) {
	for name, test := range map[string]struct {
		at   string
		pass []string
		want string // what is told when it ends; empty: it does not
	}{
		"at the first passage":                    {"a", []string{"b", "a"}, "a:1"},
		"at the second":                           {"a:2", []string{"a", "b", "a"}, "a:2"},
		"once only":                               {"a", []string{"a", "a"}, "a:1"},
		"nowhere, where no point is named":        {"", []string{"a", "b"}, ""},
		"nowhere, where the point is not passed":  {"a:3", []string{"a", "a", "b"}, ""},
		"at a name with a colon but no number":    {"a:b", []string{"a", "a:b"}, "a:b:1"},
		"at a name with blanks, as of HTTP calls": {"http.POST /v2/droplets.sent:2", []string{"http.POST /v2/droplets.sent", "http.POST /v2/droplets.sent"}, "http.POST /v2/droplets.sent:2"},
	} {
		t.Run(name, func(t *testing.T) {
			var told strings.Builder
			ends := 0
			points := At(test.at, &told)
			points.end = func() { ends++ }
			for _, point := range test.pass {
				points.Pass(point)
			}
			var ended []string
			for line := range strings.Lines(told.String()) {
				if place, ok := strings.CutPrefix(strings.TrimSpace(line), Ended); ok {
					ended = append(ended, place)
				}
			}
			if got := strings.Join(ended, " "); got != test.want || ends != len(ended) {
				t.Errorf("it ended %d times at %q, want %q", ends, got, test.want)
			}
		})
	}
}

func TestEachPointIsToldOfOnce(t *testing.T) {
	var told strings.Builder
	points := At("", &told)
	for _, point := range []string{"a", "b", "a", "a"} {
		points.Pass(point)
	}
	if got := strings.Fields(strings.ReplaceAll(told.String(), Passed, "")); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("told of %v", got)
	}
}

func TestAProgramWithoutPointsGoesOn(*testing.T) { (*Points)(nil).Pass("anywhere") }
