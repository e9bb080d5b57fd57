package oceantest_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/digitalocean/godo"

	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

// look is what is to be seen of a droplet so much later.
type look struct {
	after          time.Duration
	status         string // empty: not there
	listed, tagged bool
	ip             string
}

func TestAFaultOfADropletDoesWhatItsNameSays(t *testing.T) {
	const first, next = "198.18.35.1", "198.19.35.1"
	cases := []struct {
		name  string
		fault oceantest.Fault
		looks []look
	}{
		{"none", oceantest.Fine(), []look{{0, "active", true, true, first}}},
		{"new for ever", oceantest.StuckNew(), []look{{24 * time.Hour, "new", true, true, ""}}},
		{"a create that has failed", oceantest.Errored(), []look{{time.Hour, "new", true, true, ""}}},
		{"missing from lists", oceantest.ListLag(time.Minute), []look{
			{59 * time.Second, "active", false, true, first},
			{time.Second, "active", true, true, first},
		}},
		{"tags that come late", oceantest.LateTags(time.Minute), []look{
			{59 * time.Second, "active", true, false, first},
			{time.Second, "active", true, true, first},
		}},
		{"tags that never come", oceantest.NoTags(), []look{{24 * time.Hour, "active", true, false, first}}},
		{"an address that comes late", oceantest.LateAddress(time.Minute), []look{
			{59 * time.Second, "active", true, true, ""},
			{time.Second, "active", true, true, first},
		}},
		{"an address that changes", oceantest.ChangedAddress(time.Minute), []look{
			{0, "active", true, true, first},
			{time.Minute, "active", true, true, next},
		}},
		{"a droplet that vanishes", oceantest.Vanishes(time.Minute), []look{
			{0, "active", true, true, first},
			{time.Minute, "", false, false, ""},
		}},
		{"a droplet that goes off", oceantest.GoesOff(time.Minute), []look{
			{0, "active", true, true, first},
			{time.Minute, "off", true, true, first},
		}},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ocean := oceantest.New(oceantest.Options{Token: token})
				ocean.Fail("POST /v2/droplets", test.fault)
				client := client(t, ocean)
				made, _, err := client.Droplets.Create(t.Context(), order())
				if err != nil {
					t.Fatalf("create: %v", err)
				}
				for _, want := range test.looks {
					time.Sleep(want.after)
					if got := lookAt(t, client, made.ID, want.after); got != want {
						t.Errorf("after %v more it is %+v, want %+v", want.after, got, want)
					}
				}
			})
		})
	}
}

func TestAFailedCreateIsToldByItsAction(t *testing.T) {
	ocean := oceantest.New(oceantest.Options{Token: token})
	ocean.Fail("POST /v2/droplets", oceantest.Errored())
	client := client(t, ocean)
	made, response, err := client.Droplets.Create(t.Context(), order())
	if err != nil {
		t.Fatalf("create: %v", err)
	}
	if action, _, err := client.Actions.Get(t.Context(), response.Links.Actions[0].ID); err != nil || action.Status != "errored" {
		t.Errorf("the action is %+v (%v)", action, err)
	}
	if _, err := client.Droplets.Delete(t.Context(), made.ID); err != nil || len(ocean.Droplets()) != 0 {
		t.Errorf("delete: %v", err)
	}
}

func TestADropletIsBilledUntilItIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ocean := oceantest.New(oceantest.Options{Token: token, Linger: 10 * time.Second})
		ocean.Fail("POST /v2/droplets", oceantest.GoesOff(time.Minute), oceantest.Vanishes(time.Hour))
		client := client(t, ocean)
		off, _, err := client.Droplets.Create(t.Context(), order())
		if err != nil {
			t.Fatalf("create: %v", err)
		}
		if _, _, err := client.Droplets.Create(t.Context(), order()); err != nil {
			t.Fatalf("create: %v", err)
		}
		time.Sleep(2 * time.Hour)
		for range 2 { // the second is told of the same end
			if _, err := client.Droplets.Delete(t.Context(), off.ID); err != nil {
				t.Fatalf("delete: %v", err)
			}
		}
		time.Sleep(time.Hour)
		bill := ocean.Bill()
		if len(bill) != 2 || bill[0].Seconds != 2*3600+10 || bill[1].Seconds != 3600 {
			t.Fatalf("the bill is %+v", bill)
		}
		if want := 0.01786 * bill[0].Seconds / 3600; bill[0].USD != want || bill[0].Until.IsZero() {
			t.Errorf("the first costs %v, want %v", bill[0].USD, want)
		}
	})
}

// Private

func lookAt(t *testing.T, client *godo.Client, id int, after time.Duration) look {
	t.Helper()
	seen := look{after: after}
	listed, _, err := client.Droplets.List(t.Context(), nil)
	if err != nil {
		t.Fatalf("list: %v", err)
	}
	seen.listed = len(listed) == 1
	d, response, err := client.Droplets.Get(t.Context(), id)
	if response != nil && response.StatusCode == http.StatusNotFound {
		return seen
	}
	if err != nil {
		t.Fatalf("get: %v", err)
	}
	seen.status, seen.tagged = d.Status, len(d.Tags) == 1
	seen.ip, _ = d.PublicIPv4()
	return seen
}
