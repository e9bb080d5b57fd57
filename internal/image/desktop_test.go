package image_test

import (
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/image"
)

func TestADesktopIsUpOnTheBakedImage(t *testing.T) {
	client := build(t, image.Build)
	m := launch(t, client, image.DesktopAlias, dictumal.Policy{
		Machine: dictumal.MachinePolicy{Resolution: dictumal.Resolution{Width: 1024, Height: 768}},
		Software: dictumal.SoftwarePolicy{
			Autostart: [][]string{{"touch", "/home/dictumal/started; $HOME"}},
			Files:     []dictumal.File{{Path: "~/notes/to do.txt", Content: "ünïcode\n"}},
		},
	})
	m.await(time.Minute, "a desktop", up)

	checks := map[string]struct {
		command []string
		want    string
	}{
		"the constitution is there byte for byte":       {sh("cat /etc/dictumal/constitution.md"), document},
		"and on the desktop":                            {sh("cat /home/dictumal/Desktop/Constitution.md"), document},
		"a file is the user's":                          {sh("stat -c %U:%a '/home/dictumal/notes/to do.txt'; cat '/home/dictumal/notes/to do.txt'"), "dictumal:644\nünïcode\n"},
		"the display has the policy's size":             {sh("tr '\\0' ' ' </proc/$(pidof Xtigervnc)/cmdline | grep -o 'geometry [0-9x]*'"), "geometry 1024x768\n"},
		"nothing but sshd listens to the network":       {sh("ss -Hltn | awk '{print $4}' | grep -v '^127' | sort -u"), "0.0.0.0:22\n[::]:22\n"},
		"the firewall drops what it does not know":      {sh("nft list chain inet dictumal input | grep -c 'policy drop'"), "1\n"},
		"the user cannot reach the display's socket":    {user("ls /run/dictumal/vnc.sock"), "ls: cannot access '/run/dictumal/vnc.sock': Permission denied\n"},
		"the user cannot reach the metadata":            {sh("ip route get 169.254.169.254 uid 1000 2>&1"), "RTNETLINK answers: Permission denied\n"},
		"the user cannot read the user-data":            {user("grep -rls 'BEGIN OPENSSH PRIVATE' /etc /var /run; echo done"), "done\n"},
		"the user may not become root":                  {user("sudo -n true 2>&1 | tail -1"), "sudo: a password is required\n"},
		"the user's password is locked":                 {sh("passwd -S dictumal | cut -d' ' -f2"), "L\n"},
		"no unit has failed":                            {sh("systemctl --failed --no-legend"), ""},
		"cloud-init finds nothing wrong in what it got": {sh("cloud-init schema --system 2>&1 | tail -1"), "Valid cloud-config: system userdata\n"},
	}
	for name, check := range checks {
		t.Run(name, func(t *testing.T) {
			if got := m.output(check.command...); got != check.want {
				t.Errorf("got %q, want %q", got, check.want)
			}
		})
	}
	m.until(10*time.Second, "a program started with its words as they are", func() bool {
		return m.status("test", "-e", "/home/dictumal/started; $HOME") == 0
	})
	if log := m.output("cat", "/var/log/dictumal-init.log"); !strings.Contains(log, "Done") {
		t.Errorf("the log does not tell the end:\n%s", log)
	}
}

func TestDisplayAndSessionComeBackWhenTheyAreKilled(t *testing.T) {
	client := build(t, image.Build)
	m := launch(t, client, image.DesktopAlias, dictumal.Policy{})
	m.await(time.Minute, "a desktop", up)
	for _, program := range []string{"Xtigervnc", "xfce4-session", "xfwm4"} {
		before := m.output("pidof", program)
		for range 3 { // more than systemd forgives by default
			m.output("pkill", "-9", "-x", program)
			m.until(30*time.Second, program+" anew", func() bool {
				now := m.output("pidof", program)
				return now != "" && now != before
			})
			before = m.output("pidof", program)
		}
		m.await(30*time.Second, "the desktop after the death of "+program, up)
	}
}

func TestADesktopIsUpAgainAfterAReboot(t *testing.T) {
	client := build(t, image.Build)
	m := launch(t, client, image.DesktopAlias, dictumal.Policy{})
	m.await(time.Minute, "a desktop", up)
	m.status(sh("touch /run/before; echo kept >/home/dictumal/work; systemctl --no-block reboot")...)
	m.until(time.Minute, "another boot", func() bool {
		return strings.TrimSpace(m.output(sh("test -e /run/before || echo another")...)) == "another" && up(m.probe())
	})
	if got := m.output("cat", "/home/dictumal/work"); got != "kept\n" {
		t.Errorf("the user's work is %q", got)
	}
	if rules := m.output("ip", "rule"); !strings.Contains(rules, "to 169.254.169.254 uidrange") {
		t.Errorf("the metadata is open: %s", rules)
	}
}

func TestSudoIsGrantedByPolicyOnly(t *testing.T) {
	client := build(t, image.Build)
	m := launch(t, client, image.DesktopAlias, dictumal.Policy{Privileges: dictumal.PrivilegesPolicy{Sudo: true}})
	m.await(time.Minute, "a desktop", up)
	if got := m.output(user("sudo -n id -u")...); got != "0\n" {
		t.Errorf("got %q, want to be root", got)
	}
}

// sh is a shell command as root, user one as the desktop's user.
func sh(command string) []string { return []string{"sh", "-c", command} }

func user(command string) []string {
	return []string{"setpriv", "--reuid=1000", "--regid=1000", "--clear-groups", "sh", "-c", command}
}
