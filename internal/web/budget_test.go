package web

import (
	"io/fs"
	"path"
	"reflect"
	"regexp"
	"testing"
)

const (
	htmlBudget   = 30 << 10
	scriptBudget = 60 << 10
)

func TestEveryPageKeepsToItsBudget(t *testing.T) {
	assets, err := newAssets()
	if err != nil {
		t.Fatal(err)
	}
	pages, err := newPages(assets)
	if err != nil {
		t.Fatal(err)
	}
	for _, scene := range scenes() {
		body, err := pages.Render(scene.page, scene.view)
		if err != nil {
			t.Fatal(err)
		}
		if len(body) > htmlBudget {
			t.Errorf("%s has %d bytes of HTML, at most %d are good", scene.name, len(body), htmlBudget)
		}
		scripts := map[string]int{}
		weigh(t, assets.static, "app.js", scripts)
		if script := reflect.ValueOf(scene.view).FieldByName("Frame").Interface().(Frame).Script; script != "" {
			weigh(t, assets.static, script, scripts)
		}
		sum := 0
		for _, size := range scripts {
			sum += size
		}
		if sum > scriptBudget {
			t.Errorf("%s loads %d bytes of scripts, at most %d are good: %v", scene.name, sum, scriptBudget, scripts)
		}
	}
}

var imported = regexp.MustCompile(`(?m)^import (?:.* from )?'(.*)';$`)

// weigh adds a module and all that it imports.
func weigh(t *testing.T, folder fs.FS, name string, sizes map[string]int) {
	t.Helper()
	if _, known := sizes[name]; known {
		return
	}
	text, err := fs.ReadFile(folder, name)
	if err != nil {
		t.Fatal(err)
	}
	sizes[name] = len(text)
	for _, match := range imported.FindAllSubmatch(text, -1) {
		weigh(t, folder, path.Join(path.Dir(name), string(match[1])), sizes)
	}
}
