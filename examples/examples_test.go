package examples_test

import (
	"io/fs"
	"testing"

	"github.com/dictumal/dictumal/examples"
	"github.com/dictumal/dictumal/internal/constitution"
)

func TestEveryExampleIsValidAndNormal(t *testing.T) {
	names, err := fs.Glob(examples.Files, "*.md")
	if err != nil || len(names) != 3 {
		t.Fatalf("examples are %v, %v", names, err)
	}
	for _, name := range names {
		document, err := examples.Files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := constitution.Parse(string(document))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if parsed.Document != string(document) {
			t.Errorf("%s: reading it changes it", name)
		}
		if len(constitution.Articles(parsed.Document)) == 0 && name != "minimal.md" {
			t.Errorf("%s has no articles", name)
		}
	}
}
