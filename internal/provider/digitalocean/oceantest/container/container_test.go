package container_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/digitalocean/godo"

	"github.com/dictumal/dictumal/internal/host"
	"github.com/dictumal/dictumal/internal/incus"
	"github.com/dictumal/dictumal/internal/incustest"
	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest/container"
)

const (
	image = "dictumal-plain"
	name  = "desk-one"
)

func TestADropletIsAContainerThatReadsItsUserData(t *testing.T) {
	client := project(t)
	beside := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "from the host")
	}))
	t.Cleanup(beside.Close)
	machines := container.New(client, container.Options{
		Image: image, Profile: host.Profile, Config: map[string]string{"user.test": "yes"},
		Devices: map[string]incus.Device{"registry": {
			"type": "proxy", "bind": "instance", "listen": "tcp:127.0.0.1:5000", "connect": "tcp:" + beside.Listener.Addr().String(),
		}},
	})
	ocean := oceantest.New(oceantest.Options{Token: "t", Machines: machines})
	t.Cleanup(func() { _ = ocean.Close(context.WithoutCancel(t.Context())) })
	cloud := godoClient(t, ocean)
	droplets := cloud.Droplets

	made, _, err := droplets.Create(t.Context(), &godo.DropletCreateRequest{
		Name: name, Region: "fra1", Size: "s-1vcpu-2gb", Image: godo.DropletCreateImage{Slug: "ubuntu-24-04-x64"},
		SSHKeys:  []godo.DropletCreateSSHKey{},
		UserData: "#cloud-config\n" + `{"write_files": [{"path": "/etc/motd", "content": "the very text"}], "locale": false}`,
	})
	if err != nil {
		t.Fatalf("create: %v", err)
	}
	wait(t, ocean)
	got, _, err := droplets.Get(t.Context(), made.ID)
	if err != nil || got.Status != "active" {
		t.Fatalf("get: %v: it is %+v", err, got)
	}
	if said := exec(t, client, "cloud-init status --wait >/dev/null; cat /etc/motd"); said != "the very text" {
		t.Errorf("the file says %q", said)
	}
	const fetch = "import urllib.request; print(urllib.request.urlopen('http://127.0.0.1:5000').read().decode())"
	if said := exec(t, client, `python3 -c "`+fetch+`" 2>&1`); said != "from the host\n" {
		t.Errorf("the added device says %q", said)
	}
	if ip, _ := got.PublicIPv4(); !strings.Contains(exec(t, client, "hostname -I"), ip) || ip == "" {
		t.Errorf("its address is not %q", ip)
	}
	if instance, err := client.Instance(t.Context(), name); err != nil || instance.Config["user.test"] != "yes" {
		t.Errorf("the container is %+v (%v), want the key that was added", instance.Config, err)
	}
	ocean.PowerOff(made.ID)
	wait(t, ocean)
	if instance, err := client.Instance(t.Context(), name); err != nil || instance.Status != "Stopped" {
		t.Errorf("the container is %s (%v), want it off", instance.Status, err)
	}
	if _, _, err := cloud.DropletActions.PowerOn(t.Context(), made.ID); err != nil {
		t.Errorf("power on: %v", err)
	}
	wait(t, ocean)
	if instance, err := client.Instance(t.Context(), name); err != nil || instance.Status != "Running" {
		t.Errorf("the container is %s (%v), want it on", instance.Status, err)
	}
	if _, err := droplets.Delete(t.Context(), made.ID); err != nil {
		t.Fatalf("delete: %v", err)
	}
	wait(t, ocean)
	if there := ocean.Droplets(); len(there) != 0 {
		t.Errorf("these are left: %+v", there)
	}
	if _, err := client.Instance(t.Context(), name); !incus.NotFound(err) {
		t.Errorf("the container is still there: %v", err)
	}
}

// Private

// project makes an Incus project of the test's own.
func project(t *testing.T) *incus.Client {
	t.Helper()
	client, name := incustest.Client(t), incustest.Name()
	if _, err := client.ResolveAlias(t.Context(), image); err != nil {
		t.Skipf("There is no image %s: %v", image, err)
	}
	t.Cleanup(func() {
		if err := host.RemoveProject(context.WithoutCancel(t.Context()), client, name); err != nil {
			t.Errorf("remove the project: %v", err)
		}
	})
	if err := host.MakeProject(t.Context(), client, name); err != nil {
		t.Fatalf("make a project: %v", err)
	}
	return client.Project(name)
}

func godoClient(t *testing.T, ocean *oceantest.Ocean) *godo.Client {
	t.Helper()
	client, err := godo.New(&http.Client{Transport: oceantest.Bearer("t", ocean.Transport())})
	if err != nil {
		t.Fatalf("make a client: %v", err)
	}
	return client
}

func wait(t *testing.T, ocean *oceantest.Ocean) {
	t.Helper()
	if err := ocean.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// exec runs a script in the container and gives what it says.
func exec(t *testing.T, client *incus.Client, script string) string {
	t.Helper()
	result, err := client.Exec(t.Context(), name, "sh", "-c", script)
	if err != nil {
		t.Fatalf("run %q: %v", script, err)
	}
	return result.Stdout
}
