package digitalocean

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

func TestWhoObservesIsToldOfEveryCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ocean := oceantest.New(oceantest.Options{Token: token, Boot: time.Hour})
		var told []Call
		provider := open(ocean, Config{ImageSlug: "ubuntu-24-04-x64", Observe: func(c Call) { told = append(told, c) }})
		last := func() Call { return told[len(told)-1] }
		made, err := provider.Create(t.Context(), spec())
		if err != nil {
			t.Fatalf("create: %v", err)
		}
		wholeOrder := []string{
			"GET /v2/regions", "GET /v2/sizes", "GET /v2/images/{id}", "GET /v2/account/keys", "POST /v2/account/keys",
			"GET /v2/firewalls", "POST /v2/tags", "POST /v2/firewalls", "POST /v2/droplets",
		}
		var kinds []string
		for _, call := range told {
			kinds = append(kinds, call.Kind)
		}
		if !slices.Equal(kinds, wholeOrder) {
			t.Errorf("an order is %q, want %q", kinds, wholeOrder)
		}
		if want := (Call{Kind: "POST /v2/droplets", Class: Create, Outcome: OK, Remaining: 5000 - len(wholeOrder)}); last() != want {
			t.Errorf("the order is %+v, want %+v", last(), want)
		}
		for _, test := range []struct {
			name string
			call string
			act  func()
			want Call
		}{
			{
				"a destroy", "DELETE /v2/droplets/{id}", func() { _ = provider.Destroy(t.Context(), made.ID) },
				Call{Kind: "DELETE /v2/droplets/{id}", Class: Destroy, Outcome: OK, Remaining: 4990},
			},
			{
				"an answer that takes long", "GET /v2/account", func() { provider.ask(t, oceantest.SlowBody(3*time.Second), ocean) },
				Call{Kind: "GET /v2/account", Class: Look, Outcome: OK, Duration: 3 * time.Second, Remaining: 4989},
			},
			{
				"a no", "GET /v2/account", func() { provider.ask(t, oceantest.Status(403), ocean) },
				Call{Kind: "GET /v2/account", Class: Look, Outcome: Refused, Remaining: 4988},
			},
			{
				"a failure inside", "GET /v2/account", func() { provider.ask(t, oceantest.Status(500), ocean) },
				Call{Kind: "GET /v2/account", Class: Look, Outcome: Broken, Remaining: 4987},
			},
			{
				"no answer", "GET /v2/account", func() { provider.ask(t, oceantest.Drop(), ocean) },
				Call{Kind: "GET /v2/account", Class: Look, Outcome: Failed, Remaining: -1},
			},
			{
				"an answer without end", "GET /v2/account", func() { provider.ask(t, oceantest.SlowBody(time.Hour), ocean) },
				Call{Kind: "GET /v2/account", Class: Look, Outcome: Failed, Duration: callTimeout, Remaining: 4985},
			},
			{
				"one too many", "GET /v2/account", func() { provider.ask(t, oceantest.Burst(time.Minute), ocean) },
				Call{Kind: "GET /v2/account", Class: Look, Outcome: TooMany, Remaining: 4984},
			},
			{
				"one that is held back", "GET /v2/account", func() { provider.ask(t, oceantest.Fine(), ocean) },
				Call{Kind: "GET /v2/account", Class: Look, Outcome: Withheld, Remaining: -1},
			},
		} {
			before := len(told)
			if test.act(); len(told) != before+1 || last() != test.want {
				t.Errorf("%s is %+v, want %+v", test.name, told[before:], test.want)
			}
		}
	})
}

// Private

// ask makes a call that meets a fault, whatever comes of it.
func (p *Provider) ask(t *testing.T, fault oceantest.Fault, ocean *oceantest.Ocean) {
	t.Helper()
	ocean.Fail("GET /v2/account", fault)
	_, _, _ = p.client.Account.Get(t.Context())
}
