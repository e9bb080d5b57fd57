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
	for file, least := range map[string]int{"docs/reference.md": 50, "docs/reliability.md": 30, "docs/security.md": 140} {
		page, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		named := regexp.MustCompile("`((?:Test|Fuzz)\\w+)`").FindAllStringSubmatch(string(page), -1)
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

// What OWASP ASVS 5.0 asks of a program like this one.
const verified = `1.2.5 1.3.6 1.5.2 2.3.3 2.3.4 2.4.1
	3.3.1 3.3.2 3.3.3 3.3.4 3.4.1 3.4.2 3.4.3 3.4.4 3.4.5 3.4.6 3.4.7 3.4.8 3.5.1 3.5.2 3.5.3 3.5.4 3.5.8
	4.1.3 4.4.1 4.4.2 4.4.3 4.4.4 5.2.3 5.3.2 6.8.1 7.2.1 7.2.2 7.2.3 7.2.4 7.3.1 7.3.2 7.4.1 7.4.2 7.4.5
	8.2.1 8.2.2 8.2.3 8.2.4 8.3.2 8.4.1 9.1.1 9.1.2 9.1.3 9.2.1 9.2.2 9.2.3 9.2.4
	10.1.1 10.1.2 10.2.1 10.2.2 10.5.1 10.5.2 10.5.3 10.5.4 11.2.2 11.2.4 11.3.2 11.3.3 11.3.4 11.3.5
	12.2.2 12.3.1 12.3.2 13.2.4 13.2.5 13.2.6 13.3.1 13.3.4 14.2.1 14.2.4 14.3.1 14.3.2 14.3.3
	15.1.2 15.2.5 15.3.2 15.4.2 16.2.5 16.3.1 16.3.2 16.3.3 16.3.4 16.4.1 16.5.2 16.5.3`

func TestEachRequirementHasATestOrIsADeclaredException(t *testing.T) {
	page, err := os.ReadFile("docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	for id := range strings.FieldsSeq(verified) {
		row := regexp.MustCompile(`(?m)^\| ` + regexp.QuoteMeta(id) + ` \|.*$`).FindString(string(page))
		exception := strings.Contains(row, "#declared-exceptions") && strings.Contains(string(page), "**"+id+"**")
		if !strings.Contains(row, "`Test") && !strings.Contains(row, "`Fuzz") && !exception {
			t.Errorf("requirement %s has no test and is no declared exception: %s", id, row)
		}
	}
}

// Private

// tests are the names of all tests of the project.
func tests(t *testing.T) (names []string) {
	t.Helper()
	declared := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
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
