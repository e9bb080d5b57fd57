package dictumal_test

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dictumal/dictumal"
)

// What the reference documents say of states, stages and checks, row by row.

func TestSeedsStateMachine(t *testing.T) {
	for _, row := range []struct {
		name     string
		from, to dictumal.Status
		may      bool
	}{
		{"PROVISIONING -> CONFIGURING", "PROVISIONING", "CONFIGURING", true},
		{"CONFIGURING -> ACTIVE", "CONFIGURING", "ACTIVE", true},
		{"PROVISIONING -> ERROR", "PROVISIONING", "ERROR", true},
		{"CONFIGURING -> ERROR", "CONFIGURING", "ERROR", true},
		{"any status -> DESTROYED, by way of DESTROYING: from PROVISIONING", "PROVISIONING", "DESTROYING", true},
		{"any status -> DESTROYED, by way of DESTROYING: from CONFIGURING", "CONFIGURING", "DESTROYING", true},
		{"any status -> DESTROYED, by way of DESTROYING: from ACTIVE", "ACTIVE", "DESTROYING", true},
		{"any status -> DESTROYED, by way of DESTROYING: from ERROR", "ERROR", "DESTROYING", true},
		{"DESTROYING -> DESTROYED", "DESTROYING", "DESTROYED", true},
		{"never at once, since the machine may still be there", "ACTIVE", "DESTROYED", false},
		{"PROVISIONING does not skip CONFIGURING", "PROVISIONING", "ACTIVE", false},
		{"ERROR stays, whatever succeeds late", "ERROR", "ACTIVE", false},
		{"ACTIVE -> ERROR, where its machine has vanished", "ACTIVE", "ERROR", true},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := row.from.CanBecome(row.to); got != row.may {
				t.Errorf("%s may become %s: %v, want %v", row.from, row.to, got, row.may)
			}
		})
	}
}

func TestSeedsStagesInOrder(t *testing.T) {
	rows := []struct {
		stage   dictumal.Stage
		percent int
	}{
		{"provisioning-droplet", 22},
		{"waiting-for-ip", 35},
		{"installing-packages", 48},
		{"starting-guacamole", 62},
		{"configuring-https", 78},
		{"final-health-check", 92},
		{"active", 100},
	}
	var order []dictumal.Stage
	for _, row := range rows {
		order = append(order, row.stage)
		t.Run(string(row.stage), func(t *testing.T) {
			if got := row.stage.Percent(); got != row.percent {
				t.Errorf("%d percent, want %d", got, row.percent)
			}
		})
	}
	if diff := cmp.Diff(order, dictumal.Stages(dictumal.Guacamole)); diff != "" {
		t.Errorf("the stages differ (-want +got):\n%s", diff)
	}
}

func TestSeedsProbes(t *testing.T) {
	want := []dictumal.Check{"vnc5901", "http80", "guacHttp8080", "guacHttps443"}
	if diff := cmp.Diff(want, dictumal.Checks(dictumal.Guacamole)); diff != "" {
		t.Errorf("the probes differ (-want +got):\n%s", diff)
	}
}

// The pages tell which test holds each row; a test that was renamed would leave a row
// that nothing holds.
func TestSeedsEveryTestThatThePagesNameExists(t *testing.T) {
	exist := tests(t)
	for file, least := range map[string]int{"docs/reference.md": 50, "docs/reliability.md": 30} {
		page, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		named := regexp.MustCompile("`(Test\\w+)`").FindAllStringSubmatch(string(page), -1)
		if len(named) < least {
			t.Errorf("%s names %d tests only", file, len(named))
		}
		for _, name := range named {
			if !slices.Contains(exist, name[1]) {
				t.Errorf("%s: there is no %s", file, name[1])
			}
		}
	}
}

// Private

// tests are the names of all tests of the project.
func tests(t *testing.T) (names []string) {
	t.Helper()
	declared := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	project := os.DirFS(".")
	err := fs.WalkDir(project, ".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (path == "node_modules" || path == ".git"):
			return fs.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		text, err := fs.ReadFile(project, path)
		for _, match := range declared.FindAllSubmatch(text, -1) {
			names = append(names, string(match[1]))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
