package image_test

import (
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/image"
)

func TestAnUnknownPackageFailsTheBootstrapByName(t *testing.T) {
	client := build(t, image.Build)
	m := launch(t, client, image.DesktopAlias, dictumal.Policy{
		Software: dictumal.SoftwarePolicy{Packages: []string{"no-such-package"}},
	})
	report := m.await(3*time.Minute, "a failure", func(p probed) bool { return p.Bootstrap == "failed" })
	if report.Reason != string(dictumal.ReasonPackageUnknown) || !strings.Contains(report.Cause, "no-such-package") {
		t.Errorf("got %+v", report)
	}
	if log := m.output("cat", "/var/log/dictumal-init.log"); !strings.Contains(log, "no-such-package") {
		t.Errorf("the log does not name the package:\n%s", log)
	}
}

func TestASessionThatDiesAtItsStartIsNoDesktop(t *testing.T) {
	client := build(t, image.Build)
	m := launch(t, client, image.DesktopAlias, dictumal.Policy{})
	m.await(time.Minute, "the bootstrap", func(p probed) bool { return p.Bootstrap == "done" })
	m.alterSession("ExecStart=\nExecStart=/bin/sh -c 'exit 3'\n")
	report := m.await(time.Minute, "a failure", func(p probed) bool { return p.Bootstrap == "failed" })
	if report.Reason != string(dictumal.ReasonDesktopFailed) || report.Desktop || !strings.Contains(report.Cause, "status 3") {
		t.Errorf("got %+v", report)
	}
}

func TestASessionThatShowsOnlyAnErrorIsNoDesktop(t *testing.T) {
	client := build(t, image.Build)
	m := launch(t, client, image.DesktopAlias, dictumal.Policy{})
	m.await(time.Minute, "the bootstrap", func(p probed) bool { return p.Bootstrap == "done" })
	m.alterSession("Environment=DBUS_SESSION_BUS_ADDRESS=unix:path=/nowhere\n")
	report := m.await(time.Minute, "a dialog", func(p probed) bool { return len(p.Dialogs) > 0 })
	if report.Desktop {
		t.Errorf("got %+v, want no desktop behind an error", report)
	}
	report = m.await(time.Minute, "a failure", func(p probed) bool { return p.Bootstrap == "failed" })
	if report.Reason != string(dictumal.ReasonDesktopFailed) {
		t.Errorf("got %+v", report)
	}
}

// alterSession starts the session anew with other settings, as if it had never been up.
func (m *machine) alterSession(settings string) {
	m.t.Helper()
	const script = `mkdir -p /etc/systemd/system/vnc-xstartup.service.d
printf "[Service]\n$1" >/etc/systemd/system/vnc-xstartup.service.d/test.conf
systemctl daemon-reload
systemctl stop vnc-xstartup
rm -f /run/dictumal-desktop-seen
systemctl start vnc-xstartup`
	m.status("sh", "-c", script, "sh", settings)
}
