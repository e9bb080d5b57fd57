package digitalocean

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

const order = "POST /v2/droplets"

func TestEveryNoIsASentence(t *testing.T) {
	cases := []struct {
		name    string
		call    string
		fault   oceantest.Fault
		account string
		reason  dictumal.Reason
		says    string
	}{
		{"the token is not accepted", order, oceantest.Status(401), "", dictumal.ReasonCredentials, "does not accept the API token"},
		{"the token is not accepted by the catalog", "GET /v2/sizes", oceantest.Status(401), "", dictumal.ReasonCredentials, "does not accept the API token"},
		{"a scope is missing and named", order, oceantest.Refuse(403, "You are missing the required permission vpc:read."), "", dictumal.ReasonScope, "it lacks the scope vpc:read"},
		{"a scope is missing and not named", order, oceantest.Status(403), "", dictumal.ReasonScope, "may not order the machine: it lacks the scope droplet:create"},
		{"a scope is missing for the firewall", "POST /v2/firewalls", oceantest.Status(403), "", dictumal.ReasonScope, "may not make the firewall: it lacks the scope firewall:create"},
		{"the account is locked and the answer says so", order, oceantest.Refuse(403, "Your account is locked."), "", dictumal.ReasonAccount, "It says: Your account is locked."},
		{"the account is locked and only its own page says so", order, oceantest.Status(403), "locked", dictumal.ReasonAccount, "which is locked. It says: Write to support."},
		{"the account has a warning", order, oceantest.Status(422), "warning", dictumal.ReasonAccount, "which has a warning. It says: Write to support."},
		{"there are as many droplets as there may be", order, oceantest.Refuse(422, "creating this/these droplet(s) will exceed your droplet limit"), "", dictumal.ReasonQuota, "as many droplets as it may have"},
		{"the size is sold out", order, oceantest.Refuse(422, "Size is not available in this region."), "", dictumal.ReasonSizeUnavailable, `the size "s-1vcpu-2gb" in the region "fra1"`},
		{"the size is unknown", order, oceantest.Refuse(422, "You specified an invalid size for Droplet creation."), "", dictumal.ReasonSizeUnavailable, `the size "s-1vcpu-2gb"`},
		{"the region takes no orders", order, oceantest.Refuse(422, "Region is not available"), "", dictumal.ReasonProviderRefused, `no orders in the region "fra1"`},
		{"the image is not in the region", order, oceantest.Refuse(422, "The image you specified is not available in the selected region, you can transfer it."), "", dictumal.ReasonImageMissing, `the image "ubuntu-24-04-x64" in the region "fra1"`},
		{"the account's key was removed", order, oceantest.Refuse(422, "300000001 are invalid key identifiers for Droplet creation."), "", dictumal.ReasonProviderRefused, "this installation's SSH key"},
		{"anything else", order, oceantest.Refuse(422, "Name is\n\x1b[31m odd \u202e"), "", dictumal.ReasonProviderRefused, "refused to order the machine (422): Name is [31m odd."},
		{"a page instead of an answer", order, oceantest.Refuse(400, "<html>"), "", dictumal.ReasonProviderRefused, "(400): Bad Request."},
		{"too many calls", order, oceantest.Burst(7 * time.Second), "", dictumal.ReasonRateLimited, "too many calls"},
		{"the catalog does not answer", "GET /v2/regions", oceantest.Status(503), "", dictumal.ReasonProviderDown, "does not answer (503)"},
		{"the images do not answer", "GET /v2/images/{id}", oceantest.Drop(), "", dictumal.ReasonProviderDown, "does not answer (the connection was lost)"},
		{"the keys do not answer", "GET /v2/account/keys", oceantest.Status(500), "", dictumal.ReasonProviderDown, "does not answer (500)"},
		{"the firewall does not answer", "POST /v2/firewalls", oceantest.Status(502), "", dictumal.ReasonProviderDown, "does not answer (502)"},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			ocean := oceantest.New(oceantest.Options{Token: token, Account: oceantest.Account{Status: test.account, Message: "Write to support"}})
			ocean.Fail(test.call, test.fault)
			_, err := open(ocean, Config{}).Create(t.Context(), spec())
			got := refusal(t, err)
			if got.Reason != test.reason || !strings.Contains(got.Message, test.says) {
				t.Errorf("refused for %s: %s\nwant %s: …%s…", got.Reason, got.Message, test.reason, test.says)
			}
			if len(ocean.Droplets()) > 0 {
				t.Error("a machine was made")
			}
		})
	}
}

func TestWhenToAskAgainFollowsFromTheReason(t *testing.T) {
	cases := []struct {
		fault oceantest.Fault
		want  time.Duration
	}{
		{oceantest.Status(503), askAgain},
		{oceantest.Status(401), 0},
		{oceantest.Refuse(422, "creating this/these droplet(s) will exceed your droplet limit"), 0},
	}
	for _, test := range cases {
		ocean := oceantest.New(oceantest.Options{Token: token})
		ocean.Fail("GET /v2/droplets", test.fault)
		_, err := open(ocean, Config{}).List(t.Context())
		if got := refusal(t, err).RetryAfter; got != test.want {
			t.Errorf("after %v it is asked again after %v, want %v", test.fault, got, test.want)
		}
	}
}

func TestWhatIsUnknownIsNoRefusal(t *testing.T) {
	type act func(context.Context, *Provider, dictumal.Machine) error
	create := func(ctx context.Context, p *Provider, _ dictumal.Machine) error {
		_, err := p.Create(ctx, spec())
		return err
	}
	destroy := func(ctx context.Context, p *Provider, m dictumal.Machine) error { return p.Destroy(ctx, m.ID) }
	start := func(ctx context.Context, p *Provider, m dictumal.Machine) error { return p.Start(ctx, m.ID) }
	cases := []struct {
		name  string
		act   act
		call  string
		fault oceantest.Fault
	}{
		{"an order that failed inside", create, order, oceantest.AfterEffect(500)},
		{"an order without an answer", create, order, oceantest.DropAfterEffect()},
		{"an order that never ended", create, order, oceantest.SlowBody(time.Hour)},
		{"a destroy that failed inside", destroy, "DELETE /v2/droplets/{id}", oceantest.Status(504)},
		{"a destroy of a busy machine", destroy, "DELETE /v2/droplets/{id}", oceantest.Pending()},
		{"a start that failed inside", start, "POST /v2/droplets/{id}/actions", oceantest.Status(500)},
		{"a start of a busy machine", start, "POST /v2/droplets/{id}/actions", oceantest.Pending()},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ocean := oceantest.New(oceantest.Options{Token: token})
				provider := open(ocean, Config{})
				made, err := provider.Create(t.Context(), spec())
				if err != nil {
					t.Fatalf("create: %v", err)
				}
				ocean.Fail(test.call, test.fault)
				err = test.act(t.Context(), provider, made)
				if _, refused := errors.AsType[*dictumal.Refusal](err); refused || err == nil {
					t.Errorf("error %v, want one that is no refusal", err)
				}
			})
		})
	}
}

func TestACallThatWasCancelledSaysSo(t *testing.T) {
	released := make(chan struct{})
	defer close(released)
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-released }))
	t.Cleanup(server.Close)
	provider := New(Config{Token: token, Installation: "here", URL: server.URL})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, listed := provider.List(ctx)
	_, created := provider.Create(ctx, spec())
	_, _, asked := provider.client.Account.Get(ctx)
	for _, err := range []error{listed, created, provider.explain("ask", "", asked), provider.doubt("ask", "", asked)} {
		if _, refused := errors.AsType[*dictumal.Refusal](err); refused || !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want the context's, and no refusal of DigitalOcean's", err)
		}
	}
}

func TestWhatWasNeverSentIsARefusal(t *testing.T) {
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listen: %v", err)
	}
	nobody := "http://" + listener.Addr().String()
	_ = listener.Close()
	provider := New(Config{Token: token, Installation: "here", URL: nobody})
	_, _, err = provider.client.Droplets.Create(t.Context(), nil)
	if err == nil {
		t.Fatal("an empty order was sent")
	}
	_, err = provider.client.Droplets.Delete(t.Context(), 1)
	if got := refusal(t, provider.doubt("destroy", "", err)); !strings.Contains(got.Message, "cannot be reached") {
		t.Errorf("refused with %q", got.Message)
	}
	_, err = New(Config{Token: token, URL: "http://a b"}).List(t.Context())
	if got := refusal(t, err); got.Reason != dictumal.ReasonProviderMissing {
		t.Errorf("refused for %s", got.Reason)
	}
}

func TestTheTokenIsInNoError(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusUnprocessableEntity)
		_, _ = w.Write([]byte("you sent " + r.Header.Get("Authorization") + strings.Repeat(" and more", 10_000)))
	}))
	t.Cleanup(server.Close)
	_, err := New(Config{Token: token, Installation: "here", URL: server.URL}).List(t.Context())
	got := refusal(t, err)
	for _, text := range []string{got.Error(), got.Message, got.NextStep} {
		if strings.Contains(text, token) || len(text) > 1000 {
			t.Errorf("the error is %q", text)
		}
	}
	if !strings.Contains(got.Message, "you sent Bearer [token]") {
		t.Errorf("the error %q does not say what was answered", got.Message)
	}
}

func TestNobodyElseGetsTheToken(t *testing.T) {
	var elsewhere int
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere++ }))
	t.Cleanup(other.Close)
	server := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
	t.Cleanup(server.Close)
	_, err := New(Config{Token: token, Installation: "here", URL: server.URL}).List(t.Context())
	if got := refusal(t, err); elsewhere > 0 || got.Reason != dictumal.ReasonProviderRefused {
		t.Errorf("a redirect was followed %d times; list: %v", elsewhere, err)
	}
}
