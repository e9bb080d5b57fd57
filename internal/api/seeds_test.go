package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/api"
	"github.com/dictumal/dictumal/internal/store"
)

// What the reference documents say of the deployment routes, row by row.

// cloud is an office where guacamole is the default, with a gateway host.
func cloud(t *testing.T) (*office, client, string) {
	t.Helper()
	o := openWith(t, dictumal.Guacamole, "stream.example.org")
	ada := o.user("ada@example.org")
	made := ada.ask("POST", "/api/deployments", `{"constitutionId":"`+ada.constitution()+`","region":"there","size":"large"}`)
	if made.status != http.StatusCreated {
		t.Fatalf("deploying = %d %s", made.status, made.body)
	}
	return o, ada, made.field(t, "id")
}

// work changes the one deployment as the reconciler would.
func (o *office) work(change func(*store.Row)) {
	o.t.Helper()
	row, ok, err := o.store.Claim(o.t.Context(), "test", time.Minute)
	if err != nil || !ok {
		o.t.Fatalf("claimed %v, %v", ok, err)
	}
	change(&row)
	if err := o.store.Save(o.t.Context(), row, store.Outcome{Wake: time.Now()}); err != nil {
		o.t.Fatal(err)
	}
}

func (c client) deployment(id string) api.Deployment {
	c.office.t.Helper()
	got := c.ask("GET", "/api/deployments/"+id, "")
	var d api.Deployment
	if err := json.Unmarshal([]byte(got.body), &d); err != nil || got.status != http.StatusOK {
		c.office.t.Fatalf("get = %d %s (%v)", got.status, got.body, err)
	}
	return d
}

func TestSeedsADeploymentIsMadeInARegionAndASize(t *testing.T) {
	_, ada, id := cloud(t)
	d := ada.deployment(id)
	if d.Status != dictumal.Provisioning || d.Region != "there" || d.Size != "large" || d.Stream != dictumal.Guacamole || d.PricePerHour != 0.10 {
		t.Errorf("made %+v", d)
	}
	native := ada.ask("POST", "/api/deployments", `{"constitutionId":"`+d.Constitution.ID+`","stream":"native"}`)
	if native.status != http.StatusCreated || native.field(t, "stream") != "native" || native.field(t, "size") != "small" {
		t.Errorf("asked for native: %d %s", native.status, native.body)
	}
}

func TestSeedsARequestMayLeaveOutRegionAndSize(t *testing.T) {
	_, ada, id := cloud(t)
	law := ada.deployment(id).Constitution.ID
	for _, row := range []struct{ name, rest, region, size string }{
		{"{ constitutionId, region, size }", `,"region":"there","size":"large","stream":"native"`, "there", "large"},
		{"{ constitutionId } alone: the catalog's", `,"stream":"native"`, "here", "small"},
	} {
		t.Run(row.name, func(t *testing.T) {
			made := ada.ask("POST", "/api/deployments", `{"constitutionId":"`+law+`"`+row.rest+`}`)
			if made.status != http.StatusCreated || made.field(t, "status") != "PROVISIONING" ||
				made.field(t, "region") != row.region || made.field(t, "size") != row.size {
				t.Errorf("made %d %s, want it in %s, %s", made.status, made.body, row.region, row.size)
			}
		})
	}
}

// What a row of the instances page needs, of the caller's own only.
func TestSeedsListOfInstances(t *testing.T) {
	o, ada, id := cloud(t)
	d := ada.deployment(id)
	if d.Constitution.ID == "" || d.Constitution.Title != "A desk" {
		t.Errorf("it leads back to the constitution %+v", d.Constitution)
	}
	if list := ada.ask("GET", "/api/deployments", ""); !strings.Contains(list.body, `"title":"A desk"`) || !strings.Contains(list.body, d.Constitution.ID) {
		t.Errorf("the list does not lead back to the constitution: %s", list.body)
	}
	if list := o.user("eve@example.org").ask("GET", "/api/deployments", ""); list.status != http.StatusOK || strings.Contains(list.body, id) {
		t.Errorf("someone else's list = %d %s", list.status, list.body)
	}
}

func TestSeedsStagesAndTheirPercents(t *testing.T) {
	o, ada, id := cloud(t)
	for _, row := range []struct {
		status  dictumal.Status
		stage   dictumal.Stage
		percent int
		up      []dictumal.Check
	}{
		{"PROVISIONING", "provisioning-droplet", 22, nil},
		{"PROVISIONING", "waiting-for-ip", 35, nil},
		{"CONFIGURING", "installing-packages", 48, nil},
		{"CONFIGURING", "starting-guacamole", 62, []dictumal.Check{"vnc5901"}},
		{"CONFIGURING", "configuring-https", 78, []dictumal.Check{"vnc5901", "http80", "guacHttp8080"}},
		{"CONFIGURING", "final-health-check", 92, []dictumal.Check{"vnc5901", "http80", "guacHttp8080", "guacHttps443"}},
		{"ACTIVE", "active", 100, []dictumal.Check{"http80", "guacHttp8080", "guacHttps443"}}, // a false vnc5901 does not block
	} {
		t.Run(string(row.stage), func(t *testing.T) {
			checks := map[dictumal.Check]bool{"vnc5901": false, "http80": false, "guacHttp8080": false, "guacHttps443": false}
			for _, check := range row.up {
				checks[check] = true
			}
			o.work(func(r *store.Row) {
				r.Status, r.Progress = row.status, dictumal.Progress{Stage: row.stage, Checks: checks}
			})
			d := ada.deployment(id)
			want := api.Progress{Stage: row.stage, Percent: row.percent, Checks: checks}
			if diff := cmp.Diff(want, d.Progress); diff != "" || d.Status != row.status {
				t.Errorf("status %s, progress (-want +got):\n%s", d.Status, diff)
			}
		})
	}
}

func TestSeedsLaunch(t *testing.T) {
	o, ada, id := cloud(t)
	route := "/api/deployments/" + id + "/launch"
	launch := func(t *testing.T, c client, path string, status int, detail string) {
		t.Helper()
		got := c.ask("GET", path, "")
		if got.status != status || (detail != "" && got.field(t, "detail") != detail) {
			t.Errorf("launch = %d %s, want %d %s", got.status, got.body, status, detail)
		}
	}
	leads := func(t *testing.T, path, host string) {
		t.Helper()
		got := ada.ask("GET", path, "")
		if location := got.header.Get("Location"); got.status != http.StatusFound || !strings.HasPrefix(location, "https://"+host+"/guacamole/#/?data=") {
			t.Errorf("launch = %d to %q, want %s", got.status, location, host)
		}
		if got.header.Get("Cache-Control") != "no-store" || got.header.Get("Referrer-Policy") != "no-referrer" || strings.Contains(got.body, "data=") {
			t.Errorf("the token may be kept or passed on: %v %s", got.header, got.body)
		}
	}
	t.Run("without a session: 401 Unauthorized", func(t *testing.T) {
		launch(t, client{office: o}, route, 401, "Unauthorized")
	})
	t.Run("of someone else's deployment: 404", func(t *testing.T) {
		launch(t, o.user("eve@example.org"), route, 404, "")
	})
	t.Run("before ACTIVE: 409", func(t *testing.T) {
		launch(t, ada, route, 409, "Deployment is not ready yet")
	})
	o.work(func(r *store.Row) { r.Status, r.IP, r.HostPublic = dictumal.Active, "203.0.113.7", "ssh-ed25519 AAAA" })
	t.Run("of an ACTIVE one: 302 to the gateway host", func(t *testing.T) { leads(t, route, "stream.example.org") })
	t.Run("with target=ip: 302 to the machine's own address", func(t *testing.T) { leads(t, route+"?target=ip", "203.0.113.7") })
	t.Run("without an address: 500", func(t *testing.T) {
		o.work(func(r *store.Row) { r.IP = "" })
		launch(t, ada, route, 500, "Deployment credentials are unavailable")
	})
	t.Run("without a secret: 500", func(t *testing.T) {
		o.work(func(r *store.Row) { r.IP, r.StreamSecret = "203.0.113.7", "" })
		launch(t, ada, route, 500, "Deployment credentials are unavailable")
	})
}

func TestSeedsDestroy(t *testing.T) {
	o, ada, id := cloud(t)
	o.work(func(r *store.Row) { r.Status = dictumal.Active })
	if got := ada.ask("DELETE", "/api/deployments/"+id, ""); got.status != http.StatusAccepted || got.field(t, "status") != "DESTROYING" {
		t.Errorf("destroy = %d %s", got.status, got.body)
	}
	if list := ada.ask("GET", "/api/deployments", ""); !strings.Contains(list.body, id) {
		t.Errorf("the list forgets a machine that is not gone yet: %s", list.body)
	}
	o.work(func(r *store.Row) { r.Status = dictumal.Destroyed })
	if list := ada.ask("GET", "/api/deployments", ""); strings.Contains(list.body, id) {
		t.Errorf("the list holds a destroyed deployment: %s", list.body)
	}
	if d := ada.deployment(id); d.Status != dictumal.Destroyed {
		t.Errorf("its own route says %s", d.Status)
	}
}

func TestSeedsATimeoutPointsToTheLog(t *testing.T) {
	o, ada, id := cloud(t)
	o.work(func(r *store.Row) {
		r.Status = dictumal.Errored
		r.Failure = &dictumal.Failure{Reason: dictumal.ReasonConfiguringTimeout, Cause: "See " + dictumal.LogPath + ". Its last lines:\na\nb", NextStep: "Read it."}
	})
	d := ada.deployment(id)
	if d.Status != dictumal.Errored || d.Error == nil || d.Error.Cause != "See /var/log/dictumal-init.log. Its last lines:\na\nb" || d.Warning != nil {
		t.Errorf("it says %+v", d.Error)
	}
}

func TestAWarningSaysWhatKeepsADeploymentFromGoingOn(t *testing.T) {
	o, ada, id := cloud(t)
	if body := ada.ask("GET", "/api/deployments/"+id, "").body; !strings.Contains(body, `"warning":null`) {
		t.Errorf("without a warning: %s", body)
	}
	want := &dictumal.Failure{Reason: dictumal.ReasonRateLimited, Cause: "The cloud takes no more requests.", NextStep: "Wait."}
	o.work(func(r *store.Row) { r.Warning = want })
	d := ada.deployment(id)
	if diff := cmp.Diff(want, d.Warning); diff != "" || d.Error != nil || d.Status != dictumal.Provisioning {
		t.Errorf("%s, error %v, warning (-want +got):\n%s", d.Status, d.Error, diff)
	}
	events := ada.resume(id, "")
	defer events.close()
	events.until(t, `"warning":{"reason":"rate-limited"`)
}
