// Collect gathers the licences of what goes into the binary: this program, Go,
// the modules that are linked in, and the packages of the pages. It runs in the
// root of the repository when the binary is built.
package main

import (
	"cmp"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// work is something that others wrote, or we, with the texts that go with it.
type work struct {
	name  string
	files []string
}

func main() {
	log.SetFlags(0)
	if err := collect(filepath.Join("internal", "licenses", "dist", "licenses.txt")); err != nil {
		log.Fatal(err)
	}
}

// Private

func collect(target string) error {
	works := []work{{name: "Dictumal", files: []string{"LICENSE"}}}
	for _, list := range []func() ([]work, error){modules, packages} {
		found, err := list()
		if err != nil {
			return err
		}
		slices.SortFunc(found, func(a, b work) int { return cmp.Compare(a.name, b.name) })
		works = append(works, found...)
	}
	var text strings.Builder
	fmt.Fprintf(&text, "This program holds %d works. Their names and licences follow.\n", len(works))
	for _, w := range works {
		if err := w.write(&text); err != nil {
			return err
		}
	}
	if err := os.WriteFile(target, []byte(text.String()), 0o644); err != nil {
		return fmt.Errorf("write licences: %w", err)
	}
	return nil
}

func (w work) write(to *strings.Builder) error {
	if len(w.files) == 0 {
		return fmt.Errorf("%s comes without a licence text; see what it is under before it goes into the binary", w.name)
	}
	rule := strings.Repeat("=", 78)
	fmt.Fprintf(to, "\n%s\n%s\n%s\n", rule, w.name, rule)
	for _, file := range w.files {
		text, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("read the licence of %s: %w", w.name, err)
		}
		fmt.Fprintf(to, "\n%s\n", strings.TrimSpace(strings.ReplaceAll(string(text), "\r\n", "\n")))
	}
	return nil
}

// texts finds the files in a folder that state terms or name authors.
func texts(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("look for a licence: %w", err)
	}
	var found []string
	for _, entry := range entries {
		name, _, _ := strings.Cut(strings.ToUpper(entry.Name()), ".")
		name, _, _ = strings.Cut(name, "-")
		if !entry.IsDir() && slices.Contains([]string{"LICENSE", "LICENCE", "COPYING", "NOTICE", "PATENTS", "AUTHORS"}, name) {
			found = append(found, filepath.Join(folder, entry.Name()))
		}
	}
	return found, nil
}
