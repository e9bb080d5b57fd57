package licenses_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/dictumal/dictumal/internal/licenses"
)

func TestEveryLinkedModuleAndEveryPackageOfThePagesIsNamed(t *testing.T) {
	text, err := licenses.Text()
	if err != nil {
		t.Skip("the texts of the licences are not built yet; run: make build")
	}
	list := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}{{end}}{{end}}", "./cmd/dictumal")
	list.Dir = "../.."
	list.Stderr = os.Stderr
	modules, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	names := append(strings.Split(strings.TrimSpace(string(modules)), "\n"),
		"Dictumal", "@novnc/novnc 1.7.0", "pako (in noVNC)", "lucide-static", "@fontsource-variable/inter", "Mozilla Public License Version 2.0")
	for _, name := range names {
		if !strings.Contains(text, strings.TrimSpace(name)) {
			t.Errorf("%s is missing; run: make build", name)
		}
	}
}
