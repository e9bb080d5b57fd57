package constitution_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dictumal/dictumal/internal/constitution"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestABodyBecomesAPageWithNumberedArticles(t *testing.T) {
	source, err := os.ReadFile("testdata/body.md")
	if err != nil {
		t.Fatal(err)
	}
	page, err := constitution.RenderHTML(string(source))
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "body.html", string(page))

	want := []constitution.Article{
		{Number: 1, Title: "Purpose", Anchor: "article-1"},
		{Number: 2, Title: "2. Numbered by its author", Anchor: "article-2"},
		{Number: 3, Title: "Links & code", Anchor: "article-3"},
	}
	if diff := cmp.Diff(want, constitution.Articles(string(source))); diff != "" {
		t.Errorf("articles (-want +got):\n%s", diff)
	}
}

func TestAPageHoldsNothingThatActs(t *testing.T) {
	for _, attack := range []string{
		"<script>alert(1)</script>",
		"text <img src=x onerror=alert(1)> text",
		"[x](javascript:alert(1))",
		"[x](JaVaScRiPt:alert(1))",
		"[x](java\nscript:alert(1))",
		"[x](data:text/html,<script>alert(1)</script>)",
		"[x](data:image/svg+xml,<svg onload=alert(1)>)",
		"[x](//evil.example/)",
		"[x](/api/deployments)",
		"<javascript:alert(1)>",
		"![x](https://evil.example/pixel.png)",
		"[![x](javascript:alert(1))](javascript:alert(1))",
		"[x][y]\n\n[y]: vbscript:alert(1)",
		"## x {onclick=alert(1)}\n\n<div onclick='alert(1)'>x</div>",
		"<details open ontoggle=alert(1)>",
	} {
		page, err := constitution.RenderHTML("# t\n\n" + attack)
		if err != nil {
			t.Errorf("%q: %v", attack, err)
		}
		html := strings.ToLower(string(page))
		for _, evil := range []string{"<script", "<img", "<div", "<svg", "<details", `href="j`, `href="d`, `href="v`, `href="/`, `href=""`} {
			if strings.Contains(html, evil) {
				t.Errorf("%q became %q", attack, page)
			}
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}
