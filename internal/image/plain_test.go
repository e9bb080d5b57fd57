package image_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/image"
)

// A cloud's image has nothing of ours: the same user-data brings all of it.
func TestADesktopComesUpOnAPlainImage(t *testing.T) {
	client := build(t, image.BuildPlain)
	m := launch(t, client, image.PlainAlias, dictumal.Policy{
		Software: dictumal.SoftwarePolicy{Packages: []string{"firefox", "tree"}},
	})
	m.await(10*time.Minute, "a desktop", func(p probed) bool { return up(p) || p.Bootstrap == "failed" })
	if report := m.probe(); !up(report) {
		t.Fatalf("got %+v\n%s", report, m.output("cat", "/var/log/dictumal-init.log"))
	}
	for _, program := range []string{"firefox-esr", "tree"} {
		if m.status("which", program) != 0 {
			t.Errorf("%s is not installed", program)
		}
	}
	if got := m.output(sh("ss -Hltn | awk '{print $4}' | grep -v '^127' | sort -u")...); got != "0.0.0.0:22\n[::]:22\n" {
		t.Errorf("the network reaches %q", got)
	}
	if got := m.open(); !slices.Equal(got, []int{22}) {
		t.Errorf("the ports %v are open, want 22", got)
	}
	m.checkSSH(nativePlaces, nil)
	log := m.output("cat", "/var/log/dictumal-init.log")
	for _, line := range []string{"Reading package lists", "Installing packages: ", "Downloading packages: ", "Done"} {
		if !strings.Contains(log, line) {
			t.Errorf("the log does not say %q:\n%s", line, log)
		}
	}
}
