package oceantest_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/digitalocean/godo"

	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

const token = "dop_v1_stand_in"

func TestADropletLivesFromItsCreateToItsDelete(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ocean := oceantest.New(oceantest.Options{Token: token, Boot: 30 * time.Second, AddressAfter: 5 * time.Second})
		client := client(t, ocean)
		made, response, err := client.Droplets.Create(t.Context(), order())
		if err != nil || made.Status != "new" || response.StatusCode != http.StatusAccepted {
			t.Fatalf("create: %v: %+v", err, made)
		}
		for _, moment := range []struct {
			after          time.Duration
			status, action string
			addressed      bool
		}{
			{0, "new", "in-progress", false},
			{30 * time.Second, "active", "completed", false},
			{5 * time.Second, "active", "completed", true},
		} {
			time.Sleep(moment.after)
			got, _, err := client.Droplets.Get(t.Context(), made.ID)
			if err != nil {
				t.Fatalf("get: %v", err)
			}
			ip, _ := got.PublicIPv4()
			action, _, err := client.Actions.Get(t.Context(), response.Links.Actions[0].ID)
			if err != nil || action.Status != moment.action {
				t.Errorf("the action is %+v (%v), want it %s", action, err, moment.action)
			}
			if got.Locked != (moment.status == "new") {
				t.Errorf("it is %s and locked: %v", got.Status, got.Locked)
			}
			if got.Status != moment.status || (ip != "") != moment.addressed {
				t.Errorf("it is %s with the address %q, want %s and an address: %v", got.Status, ip, moment.status, moment.addressed)
			}
		}
		if _, err := client.Droplets.Delete(t.Context(), made.ID); err != nil {
			t.Fatalf("delete: %v", err)
		}
		if response, err := client.Droplets.Delete(t.Context(), made.ID); err == nil || response.StatusCode != http.StatusNotFound {
			t.Errorf("the second delete: %v", err)
		}
		if bill := ocean.Bill(); len(bill) != 1 || bill[0].Seconds != 35 || bill[0].Until.IsZero() {
			t.Errorf("the bill is %+v, want 35 seconds", bill)
		}
	})
}

func TestADropletIsSwitchedOnAndOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ocean := oceantest.New(oceantest.Options{Token: token, Boot: time.Minute})
		client := client(t, ocean)
		made, _, err := client.Droplets.Create(t.Context(), order())
		if err != nil {
			t.Fatalf("create: %v", err)
		}
		_, _, err = client.DropletActions.PowerOff(t.Context(), made.ID)
		refused(t, err, http.StatusUnprocessableEntity, "pending event")
		time.Sleep(time.Minute)
		for _, step := range []struct {
			do   func(context.Context, int) (*godo.Action, *godo.Response, error)
			want string
		}{
			{client.DropletActions.PowerOff, "off"},
			{client.DropletActions.PowerOn, "active"},
		} {
			if _, _, err := step.do(t.Context(), made.ID); err != nil {
				t.Errorf("switch it: %v", err)
			}
			if got := ocean.Droplets()[0].Status; got != step.want {
				t.Errorf("it is %s, want %s", got, step.want)
			}
			_, _, err := step.do(t.Context(), made.ID)
			refused(t, err, http.StatusUnprocessableEntity, "already powered")
		}
		ocean.PowerOff(made.ID)
		ocean.Readdress(made.ID)
		if got := ocean.Droplets()[0]; got.Status != "off" || got.IP != "198.19.35.1" {
			t.Errorf("it is %+v", got)
		}
		ocean.Vanish(made.ID)
		if got := ocean.Droplets(); len(got) != 0 {
			t.Errorf("these are left: %+v", got)
		}
		ocean.Revoke()
		_, _, err = client.Account.Get(t.Context())
		refused(t, err, http.StatusUnauthorized, "Unable to authenticate you")
	})
}

// Private

func client(tb testing.TB, ocean *oceantest.Ocean) *godo.Client {
	tb.Helper()
	return clientOf(tb, ocean.Transport(), token)
}

func clientOf(tb testing.TB, transport http.RoundTripper, token string) *godo.Client {
	tb.Helper()
	made, err := godo.New(&http.Client{Transport: oceantest.Bearer(token, transport)})
	if err != nil {
		tb.Fatalf("make a client: %v", err)
	}
	return made
}

// serve puts the stand-in behind a real connection.
func serve(t *testing.T, ocean *oceantest.Ocean) *godo.Client {
	t.Helper()
	server := httptest.NewServer(ocean)
	t.Cleanup(server.Close)
	made := clientOf(t, server.Client().Transport, token)
	address, err := url.Parse(server.URL)
	if err != nil {
		t.Fatalf("read the address: %v", err)
	}
	made.BaseURL = address
	return made
}

func order() *godo.DropletCreateRequest {
	return &godo.DropletCreateRequest{
		Name: "desk", Region: "fra1", Size: "s-1vcpu-2gb", Image: godo.DropletCreateImage{Slug: "ubuntu-24-04-x64"},
		SSHKeys: []godo.DropletCreateSSHKey{}, Tags: []string{"dictumal-test"}, UserData: "#cloud-config\n{}\n",
	}
}
