package image_test

import (
	"encoding/hex"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/bootstrap"
	"github.com/dictumal/dictumal/internal/guacamole/standin"
	"github.com/dictumal/dictumal/internal/image"
	"github.com/dictumal/dictumal/internal/incus"
)

// services are all that a machine with the guacamole stream runs for it.
var services = []string{"vncserver", "vnc-xstartup", "docker", "containerd", "guacd", "guacamole", "nginx", "ufw"}

// What a cloud's Ubuntu and the baked image make of the same is seen by the long
// suites.
func TestGuacamoleComesUpOnAPlainImage(t *testing.T) {
	client := build(t, image.BuildPlain)
	m := launchGuacamole(t, client, image.PlainAlias)
	m.await(10*time.Minute, "a desktop", func(p probed) bool { return up(p) || p.Bootstrap == "failed" })
	m.followGuacamole()
}

// launchGuacamole makes a machine whose images come from a registry of this test.
func launchGuacamole(t *testing.T, client *incus.Client, alias string) *machine {
	t.Helper()
	port, guacamole, guacd := standin.Registry(t)
	devices := map[string]incus.Device{}
	if device := standin.Device(port); device != nil {
		devices["registry"] = device
	}
	return launchOrder(t, client, order{alias: alias, devices: devices, guacamole: &bootstrap.Guacamole{
		PasswordFile: unhex(t, password), JSONKey: unhex(t, jsonKey),
		GuacamoleImage: guacamole, GuacdImage: guacd,
	}})
}

// followGuacamole takes a machine whose bootstrap has ended through the rest of its
// life: certified, attacked, started anew.
func (m *machine) followGuacamole() {
	t := m.t
	t.Helper()
	if report := m.probe(); !up(report) || time.Since(time.Unix(int64(report.Now), 0)).Abs() > time.Minute {
		t.Fatalf("got %+v\n%s", report, m.output("cat", dictumal.LogPath))
	}
	m.until(time.Minute, "Guacamole behind its loopback", func() bool {
		return m.status(sh("curl -fsS -o /dev/null http://127.0.0.1:8080/guacamole/")...) == 0
	})
	if got := m.open(); !slices.Equal(got, []int{22}) {
		t.Errorf("before there is a certificate the ports %v are open, want 22", got)
	}
	m.checkSettings()
	m.checkSSH(guacamolePlaces, append(nativePlaces, closedPlaces...))
	authority := newAuthority(t)
	authority.certify(m)
	m.checkHTTPS(authority)
	for number, want := range []int{http.StatusOK, http.StatusForbidden} {
		if got := authority.login(m); got != want {
			t.Errorf("login %d with a token for a single use: got %d, want %d", number+1, got, want)
		}
	}
	authority.certify(m)
	m.killServices()
	m.checkHTTPS(authority)
	m.closeRoot()
	m.reboot()
	m.checkHTTPS(authority)
	m.checkSSH(guacamolePlaces, append(nativePlaces, closedPlaces...))
	m.missImage()
}

// checkSettings looks at what tools say of what was written for them, and at who may
// reach what.
func (m *machine) checkSettings() {
	checks := map[string]struct {
		command []string
		want    string
	}{
		"cloud-init finds nothing wrong in what it got": {sh("cloud-init schema --config-file /var/lib/cloud/seed/nocloud-net/user-data 2>&1 | grep -v ^Valid"), ""},
		"systemd finds nothing wrong in our units": {
			sh("cd /usr/lib/systemd/system && systemd-analyze verify dictumal-*.service vncserver.service vnc-xstartup.service guacd.service guacamole.service nginx.service docker.service 2>&1 | grep -i 'dictumal\\|vnc\\|guac'"), "",
		},
		"UFW would write these rules":                  {sh("ufw --dry-run allow 443/tcp 2>&1 | tail -1; ufw status | grep -c ALLOW"), "6\n"},
		"the former wall is down":                      {sh("nft list table inet dictumal 2>&1 | head -1 | cut -c1-6; systemctl is-active dictumal-firewall"), "Error:\ninactive\n"},
		"the display listens on loopback only":         {sh("ss -Hltn | awk '{print $4}' | grep 5901 | sort"), "127.0.0.1:5901\n[::1]:5901\n"},
		"the display takes its password":               {sh(vncLogin), "[2] [0, 0, 0, 0]\n"},
		"its password is for it alone":                 {sh("stat -c '%U:%G %a' /etc/dictumal/vnc.passwd"), "root:dictumal-display 640\n"},
		"the user cannot read the display's password":  {user("cat /etc/dictumal/vnc.passwd; echo done"), "done\ncat: /etc/dictumal/vnc.passwd: Permission denied\n"},
		"nor what signs logins":                        {user("cat /etc/dictumal/guacamole.env; echo done"), "done\ncat: /etc/dictumal/guacamole.env: Permission denied\n"},
		"nor reach Docker":                             {user("docker ps >/dev/null 2>&1; echo $?"), "1\n"},
		"no secret stands in an argument":              {sh("cat $(find /proc -maxdepth 2 -name cmdline ! -path \"/proc/$$/*\") 2>/dev/null | tr '\\0' '\\n' | grep -c '^000102[0]30405'"), "0\n"},
		"the containers can do nothing but their work": {sh("docker inspect -f '{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.HostConfig.SecurityOpt}} {{.Config.User}}' guacd guacamole"), "true [ALL] [no-new-privileges] 7001:7001\ntrue [ALL] [no-new-privileges] 7002:7002\n"},
		"a certificate of another key is refused":      {sh("/usr/lib/dictumal/certificate request >/dev/null; openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null -subj /CN=x 2>/dev/null | /usr/lib/dictumal/certificate install; echo $?; systemctl is-active nginx"), "1\ninactive\nThe certificate belongs to another key than this machine's.\n"},
		"what is no certificate is refused":            {sh("echo no | /usr/lib/dictumal/certificate install 2>/dev/null; echo $?; head -c 70000 /dev/zero | /usr/lib/dictumal/certificate install; echo $?"), "1\n1\nThe certificate is too long.\n"},
	}
	for name, check := range checks {
		m.t.Run(name, func(t *testing.T) {
			if got := m.output(check.command...); !strings.HasSuffix(got, check.want) || (check.want == "" && got != "") {
				t.Errorf("got %q, want %q", got, check.want)
			}
		})
	}
}

// checkHTTPS looks at the machine from outside, as a browser would.
func (m *machine) checkHTTPS(a *authority) {
	m.t.Helper()
	m.await(time.Minute, "the desktop", up)
	var states []string
	m.t.Cleanup(func() {
		if m.t.Failed() {
			m.t.Logf("%v are %v", services, states)
		}
	})
	m.until(time.Minute, "every service", func() bool {
		states = strings.Fields(m.output(append([]string{"systemctl", "is-active"}, services...)...))
		return len(states) == len(services) && !slices.ContainsFunc(states, func(s string) bool { return s != "active" })
	})
	m.until(time.Minute, "Guacamole over HTTPS", func() bool {
		status, text := a.get(m, "https", "/guacamole/")
		return status == http.StatusOK && strings.Contains(text, "<title>")
	})
	for path, want := range map[string]int{"/": 404, "/guacamole": 308, "/guacamolex": 404, "/manager/html": 404} {
		if got, _ := a.get(m, "https", path); got != want {
			m.t.Errorf("https %s: got %d, want %d", path, got, want)
		}
	}
	if got, _ := a.get(m, "http", "/guacamole/"); got != http.StatusPermanentRedirect {
		m.t.Errorf("http: got %d, want to be sent to https", got)
	}
	if got := m.open(); !slices.Equal(got, []int{22, 80, 443}) {
		m.t.Errorf("the ports %v are open, want 22, 80 and 443", got)
	}
}

// killServices kills every process that has to come back by itself.
func (m *machine) killServices() {
	m.t.Helper()
	for _, unit := range []string{"guacd", "guacamole", "nginx", "docker", "containerd", "vncserver", "vnc-xstartup"} {
		show := "systemctl show -P MainPID " + unit
		before := m.output(sh(show)...)
		m.status(sh("kill -9 $(" + show + ")")...)
		m.until(30*time.Second, unit+" anew", func() bool {
			now := m.output(sh("systemctl is-active " + unit + " && " + show)...)
			return strings.HasPrefix(now, "active\n") && now != "active\n"+before && now != "active\n0\n"
		})
	}
	// The program in the container, and not the one that started it.
	m.status(sh("kill -9 $(docker inspect -f '{{.State.Pid}}' guacd guacamole)")...)
}

// reboot starts the machine anew; its wall stands before its network.
func (m *machine) reboot() {
	m.t.Helper()
	m.status(sh("touch /run/before; systemctl --no-block reboot")...)
	m.until(time.Minute, "another boot", func() bool {
		return strings.TrimSpace(m.output(sh("test -e /run/before || echo another")...)) == "another" && up(m.probe())
	})
	const order = `for u in ufw systemd-networkd; do systemctl show -P ActiveEnterTimestampMonotonic $u; done | sort -nc && echo first`
	if got := m.output(sh(order)...); got != "first\n" {
		m.t.Errorf("UFW is not there before the network is: %s", got)
	}
}

// missImage repeats the bootstrap with an image that its registry does not have.
func (m *machine) missImage() {
	m.t.Helper()
	m.status(sh("sed -i 's|guacamole/guacd:1.6.0|guacamole/nothing:1|' /etc/dictumal/machine.json && rm /var/lib/dictumal/state.json && systemctl restart dictumal-bootstrap")...)
	report := m.await(time.Minute, "a failure", func(p probed) bool { return p.Bootstrap == "failed" })
	if report.Reason != string(dictumal.ReasonBootstrapFailed) || !strings.Contains(report.Cause, "guacamole/nothing:1") ||
		!strings.Contains(report.Cause, "GUACD_IMAGE") || !regexp.MustCompile("manifest unknown|not found").MatchString(report.Cause) { // the words of one Docker and the next
		m.t.Errorf("got %+v, want the image, the registry's words and what to do", report)
	}
}

// address is the machine's, as its host sees it.
func (m *machine) address() string {
	return strings.TrimSpace(m.output(sh("ip -4 -o addr show eth0 | awk '{print $4}' | cut -d/ -f1")...))
}

// The secrets of the machines, and what was made with them: a token for a single use
// until the year 2100, and a login to the display. The password is s3cr3tpw, whose
// key has its bits in VNC's order.
const (
	password = "43798e8ddf11b065"
	jsonKey  = "000102030405060708090a0b0c0d0e0f"
	token    = "pjjtfQefboKZ8w+vY1Qq3U9GcxzhIVcdg2Wp1O7Uyme+ZSeXcs1ol/pfx024yzBZBwLrRG0+MOWZ/h9sZz9nMNlKZOGj+oknZMSbbPJJ7uaa/L1YnVKmAZgCUo9gBWaDxpTsEFzy4anHOHhYFyIjgZ8kvkNiImtzyDu1cqJSpKQ46rUo9RyO05SctBUA/f1L4I+/yarX3x5K+gxqwMviKM00Wegt19SXlvSGTb1Sl62BGGRbSbL2O63UYwgHKblLeQHXF9gLAb+/87AsRhIZ9Q=="
	vncLogin = `python3 -c 'import socket, subprocess
s = socket.create_connection(("127.0.0.1", 5901), 5)
s.recv(12)
s.send(b"RFB 003.008\n")
types = s.recv(1 + s.recv(1, socket.MSG_PEEK)[0])[1:]
s.send(b"\2")
challenge = s.recv(16)
des = "openssl enc -des-ecb -K ceccc64ecc2e0eee -nopad -provider legacy -provider default"
s.send(subprocess.run(des.split(), input=challenge, stdout=subprocess.PIPE).stdout)
print(list(types), list(s.recv(4)))'`
)

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	raw, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
