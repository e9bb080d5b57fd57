package image_test

import (
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/image"
)

// Droplets run Ubuntu, whose sshd is started when somebody knocks, whose root must
// change a password before the first login, and which upgrades itself meanwhile.
func TestGuacamoleComesUpOnUbuntu(t *testing.T) {
	client := build(t, image.BuildPlainUbuntu)
	m := launchGuacamole(t, client, image.PlainUbuntuAlias)
	m.await(10*time.Minute, "a desktop", func(p probed) bool { return up(p) || p.Bootstrap == "failed" })
	m.followGuacamole()
}

func TestADesktopComesUpOnUbuntu(t *testing.T) {
	client := build(t, image.BuildPlainUbuntu)
	m := launch(t, client, image.PlainUbuntuAlias, dictumal.Policy{
		Software: dictumal.SoftwarePolicy{Packages: []string{"tree"}},
	})
	m.await(10*time.Minute, "a desktop", func(p probed) bool { return up(p) || p.Bootstrap == "failed" })
	if report := m.probe(); !up(report) {
		t.Fatalf("got %+v\n%s", report, m.output("cat", dictumal.LogPath))
	}
	if got := strings.TrimSpace(m.output(sh("nft list chain inet dictumal input | grep -c 'policy drop'")...)); got != "1" {
		t.Errorf("the wall is not up: %s", got)
	}
}
