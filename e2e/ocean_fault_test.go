package e2e

import (
	"html"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/client"
	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

// TestTroubleAtDigitalOceanIsSaidOnTheRowAndOnThePage has the cloud say no in each
// of its ways. Nothing runs behind these droplets.
func TestTroubleAtDigitalOceanIsSaidOnTheRowAndOnThePage(t *testing.T) {
	const create = "POST /v2/droplets"
	for _, test := range []struct {
		name    string
		given   func(*oceantest.Ocean)
		failed  bool // given up, not only warned of
		reason  dictumal.Reason
		cause   string
		next    string
		droplet bool // one is there all the same
	}{
		{
			"a token without the scope (403)",
			func(o *oceantest.Ocean) {
				o.Break(create, oceantest.Refuse(http.StatusForbidden, "You are missing the required permission droplet:create."))
			},
			true, dictumal.ReasonScope, "droplet:create", "token", false,
		},
		{
			"too many calls in a burst (429 with Retry-After)",
			func(o *oceantest.Ocean) { o.Break(create, oceantest.Burst(time.Minute)) },
			false, dictumal.ReasonRateLimited, "", "", false,
		},
		{
			"the hour's calls used up (429 without Retry-After)",
			func(o *oceantest.Ocean) { o.Break(create, oceantest.HourUsedUp(2*time.Minute)) },
			false, dictumal.ReasonRateLimited, "", "", false,
		},
		{
			"more droplets than the account may have",
			func(o *oceantest.Ocean) {
				o.Break(create, oceantest.Refuse(http.StatusUnprocessableEntity, "creating this/these droplet(s) will exceed your droplet limit"))
			},
			true, dictumal.ReasonQuota, "as many droplets as it may have", "droplet limit", false,
		},
		{
			"an image that does not exist in the region",
			func(o *oceantest.Ocean) {
				o.Break(create, oceantest.Refuse(http.StatusUnprocessableEntity, "The image you specified is not available in the selected region, you can transfer it first."))
			},
			true, dictumal.ReasonImageMissing, "image", "", false,
		},
		{
			"a token that is revoked before the order",
			func(o *oceantest.Ocean) { o.Break(create, oceantest.Revoked()) },
			true, dictumal.ReasonCredentials, "token", "DIGITALOCEAN_API_TOKEN", false,
		},
		{
			"a token that is revoked while the machine boots",
			func(o *oceantest.Ocean) {
				o.Fail(create, oceantest.StuckNew())
				o.Fail("GET /v2/droplets/{id}", oceantest.Revoked())
				o.Fail("GET /v2/droplets", oceantest.Fine(), oceantest.Revoked())
			},
			false, dictumal.ReasonCredentials, "token", "DIGITALOCEAN_API_TOKEN", true,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ocean := oceantest.New(oceantest.Options{Token: oceanToken})
			test.given(ocean)
			r := onOcean(t, ocean)
			ada := r.user("ada@example.org")
			desk := r.deploy(ada, plain)
			var said *dictumal.Failure
			if test.failed {
				said = r.await(ada, desk.ID, dictumal.Errored).Error
			} else {
				said = r.warned(ada, desk.ID)
			}
			if said.Reason != test.reason || !strings.Contains(said.Cause, test.cause) || !strings.Contains(said.NextStep, test.next) || said.NextStep == "" {
				t.Errorf("the row says %+v, want %s with %q and %q", said, test.reason, test.cause, test.next)
			}
			who := r.signedIn("ada@example.org")
			for _, page := range []string{"/instances", "/instances/" + desk.ID} {
				if _, text := r.get(who, page); !strings.Contains(html.UnescapeString(text), said.Cause) || !strings.Contains(html.UnescapeString(text), said.NextStep) {
					t.Errorf("the page %s does not say %q and %q", page, said.Cause, said.NextStep)
				}
			}
			if there := len(ocean.Droplets()) > 0; there != test.droplet {
				t.Errorf("droplets = %v", ocean.Droplets())
			}
		})
	}
}

func TestAnAddressThatComesLateIsWaitedFor(t *testing.T) {
	t.Parallel()
	ocean := oceantest.New(oceantest.Options{Token: oceanToken, AddressAfter: 12 * time.Second})
	r := onOcean(t, ocean)
	ada := r.user("ada@example.org")
	desk := r.deploy(ada, plain)
	var waited bool
	await(t, "the machine being configured", func() bool {
		d, err := ada.Deployment(t.Context(), desk.ID)
		if err != nil {
			t.Fatal(err)
		}
		waited = waited || d.Progress.Stage == dictumal.WaitingForIP
		return d.Status == dictumal.Configuring
	})
	if !waited {
		t.Error("the stage was never waiting-for-ip")
	}
}

// warned waits until something is said to keep a deployment from going on.
func (r *rig) warned(c *client.Client, id string) *dictumal.Failure {
	r.t.Helper()
	var said *dictumal.Failure
	await(r.t, "a warning", func() bool {
		d, err := c.Deployment(r.t.Context(), id)
		if err != nil {
			r.t.Fatal(err)
		}
		said = d.Warning
		return said != nil
	})
	return said
}
