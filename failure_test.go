package dictumal_test

import (
	"os"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dictumal/dictumal"
)

func TestEveryReasonIsListed(t *testing.T) {
	source, err := os.ReadFile("failure.go")
	if err != nil {
		t.Fatal(err)
	}
	var known []dictumal.Reason
	for _, found := range regexp.MustCompile(`Reason = "(.+)"`).FindAllSubmatch(source, -1) {
		known = append(known, dictumal.Reason(found[1]))
	}
	if diff := cmp.Diff(known, dictumal.Reasons()); diff != "" {
		t.Errorf("Reasons (-known +listed):\n%s", diff)
	}
}
