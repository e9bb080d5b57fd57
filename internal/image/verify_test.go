//go:build verify

package image_test

import (
	"slices"
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
	m.until(time.Minute, "a wall before there are packages", func() bool {
		return m.status(sh("test ! -e /etc/dictumal/ufw && nft list table inet dictumal")...) == 0
	})
	if got := m.open(); !slices.Equal(got, []int{22}) {
		t.Errorf("during the bootstrap the ports %v are open, want 22", got)
	}
	m.await(10*time.Minute, "a desktop", func(p probed) bool { return up(p) || p.Bootstrap == "failed" })
	m.checkBrowserKey()
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
	m.checkSSH(nativePlaces, nil)
}

func TestGuacamoleComesUpOnTheBakedImage(t *testing.T) {
	client := build(t, image.Build)
	m := launchGuacamole(t, client, image.DesktopAlias)
	m.await(5*time.Minute, "a desktop", func(p probed) bool { return up(p) || p.Bootstrap == "failed" })
	m.followGuacamole()
}

// checkBrowserKey lets the machine take a signing key from a file that holds two.
func (m *machine) checkBrowserKey() {
	m.t.Helper()
	const script = `set -e
cd "$(mktemp -d)"
export GNUPGHOME=$PWD
for name in ours theirs; do gpg --batch --quiet --passphrase '' --quick-gen-key $name ed25519 sign 2>/dev/null; done
gpg --quiet --armor --export >repo-signing-key.gpg
ours=$(gpg --list-keys --with-colons ours 2>/dev/null | awk -F: '/^fpr/ { print $10; exit }')
take() {
	python3 -IBc 'import sys
sys.path.insert(0, "/usr/lib/dictumal/steps")
import browser
browser.HOST, browser.RING, browser.KEY = "file://" + sys.argv[1], sys.argv[1] + "/" + sys.argv[2], sys.argv[3]
print("took", browser.take_key())' "$PWD" "$@"
}
take ring "$ours"
gpg --show-keys --with-colons ring | awk -F: '/^uid/ { print $10 }'
take none 35BAA0B33E9EB396F59CA838C0BA5CE6DC6315A3
ls none 2>/dev/null || true`
	want := "took \nours\ntook its key is not the one that is expected\n"
	if got := m.output(sh(script)...); got != want {
		m.t.Errorf("got %q, want %q", got, want)
	}
}
