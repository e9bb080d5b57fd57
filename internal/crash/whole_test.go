package crash_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestOnlyABuildForTestsEndsItself looks for the points in what people run.
func TestOnlyABuildForTestsEndsItself(t *testing.T) {
	const points = "github.com/dictumal/dictumal/internal/crash"
	for name, test := range map[string]struct {
		tags string
		want bool
	}{
		"what people run":   {"", false},
		"a build for tests": {"crash", true},
	} {
		t.Run(name, func(t *testing.T) {
			list := exec.CommandContext(t.Context(), "go", "list", "-deps", "-tags", test.tags, "github.com/dictumal/dictumal/cmd/dictumal")
			packages, err := list.Output()
			if err != nil {
				t.Fatal(err)
			}
			if got := slices.Contains(strings.Fields(string(packages)), points); got != test.want {
				t.Errorf("it has the points: %v", got)
			}
		})
	}
}
