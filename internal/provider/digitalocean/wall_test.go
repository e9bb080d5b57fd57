package digitalocean

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/digitalocean/godo"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/ssh"

	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

func TestTwentyOrdersAtOnceMakeOneOfEverythingElse(t *testing.T) {
	ocean := oceantest.New(oceantest.Options{Token: token})
	provider := open(ocean, Config{})
	var orders sync.WaitGroup
	for range 20 {
		orders.Go(func() {
			if _, err := provider.Create(t.Context(), spec()); err != nil {
				t.Errorf("create: %v", err)
			}
		})
	}
	orders.Wait()
	for kind, want := range map[string]int{
		order: 20, "POST /v2/tags": 1, "GET /v2/firewalls": 1, "POST /v2/firewalls": 1, "GET /v2/account/keys": 1,
		"POST /v2/account/keys": 1, "GET /v2/regions": 1, "GET /v2/sizes": 1, "GET /v2/images/{id}": 1,
	} {
		if got := count(ocean, kind); got != want {
			t.Errorf("%s was asked for %d times, want %d", kind, got, want)
		}
	}
	for _, droplet := range ocean.Droplets() {
		if len(droplet.SSHKeys) != 1 || !slices.Equal(droplet.Tags, []string{"dictumal-here"}) {
			t.Errorf("a machine has the keys %v and the tags %v, want one each", droplet.SSHKeys, droplet.Tags)
		}
	}
}

func TestWhatAnEarlierProcessHasMadeIsUsed(t *testing.T) {
	ocean := oceantest.New(oceantest.Options{Token: token})
	for range 2 {
		if _, err := open(ocean, Config{}).Create(t.Context(), spec()); err != nil {
			t.Fatalf("create: %v", err)
		}
	}
	for _, kind := range []string{"POST /v2/firewalls", "POST /v2/account/keys", "POST /v2/tags"} {
		if got := count(ocean, kind); got != 1 {
			t.Errorf("%s was asked for %d times, want once", kind, got)
		}
	}
}

func TestAKeyThatWasRemovedIsRegisteredAgain(t *testing.T) {
	ocean := oceantest.New(oceantest.Options{Token: token})
	ocean.Fail(order, oceantest.Refuse(422, "300000001 are invalid key identifiers for Droplet creation."))
	provider := open(ocean, Config{})
	_, err := provider.Create(t.Context(), spec())
	if got := refusal(t, err); got.RetryAfter == 0 {
		t.Errorf("refused for ever: %s", got.Message)
	}
	if _, err := provider.Create(t.Context(), spec()); err != nil {
		t.Errorf("create: %v", err)
	}
	if got := count(ocean, "GET /v2/account/keys"); got != 2 {
		t.Errorf("the keys were listed %d times, want twice", got)
	}
}

func TestAKeyThatAnotherReplicaHasJustRegisteredIsNoFault(t *testing.T) {
	ocean := oceantest.New(oceantest.Options{Token: token})
	provider := open(ocean, Config{})
	key, err := nobodysKey(provider.mark())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time the account has it
		if err := provider.registerKey(t.Context(), key); err != nil {
			t.Errorf("register the key: %v", err)
		}
	}
}

func TestAKeyOfSomebodyElsesUnderOurNameOpensNothing(t *testing.T) {
	ocean := oceantest.New(oceantest.Options{Token: token})
	provider := open(ocean, Config{})
	foreign, err := nobodysKey("somebody else")
	if err != nil {
		t.Fatal(err)
	}
	if err := provider.registerKey(t.Context(), foreign); err != nil { // under our name
		t.Fatal(err)
	}
	if _, err := provider.Create(t.Context(), spec()); err != nil {
		t.Fatalf("create: %v", err)
	}
	keys, _, err := provider.client.Keys.List(t.Context(), nil)
	if err != nil || len(keys) != 2 {
		t.Fatalf("the keys are %v (%v), want somebody else's and ours", keys, err)
	}
	if got := ocean.Droplets()[0].SSHKeys; len(got) != 1 || got[0] != keys[1].ID {
		t.Errorf("the machine can be opened with %v", got)
	}
}

func TestTheKeyOfTheInstallationIsTheSameInEveryProcess(t *testing.T) {
	line := func(name string) string {
		key, err := nobodysKey(name)
		if err != nil {
			t.Fatal(err)
		}
		return string(ssh.MarshalAuthorizedKey(key))
	}
	if first := line("dictumal-here"); first != line("dictumal-here") || first == line("dictumal-there") {
		t.Error("the key does not follow from the name")
	}
}

func TestAFirewallThatWasRemovedIsMadeAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ocean := oceantest.New(oceantest.Options{Token: token})
		listener := &listener{next: ocean.Transport()}
		provider := New(Config{Token: token, Installation: "here", Transport: listener})
		if _, err := provider.Create(t.Context(), spec()); err != nil {
			t.Fatalf("create: %v", err)
		}
		firewalls, _, err := provider.client.Firewalls.List(t.Context(), nil)
		if err != nil || len(firewalls) != 1 {
			t.Fatalf("the firewalls are %v (%v), want one", firewalls, err)
		}
		if _, err := provider.client.Firewalls.Delete(t.Context(), firewalls[0].ID); err != nil {
			t.Fatalf("delete the firewall: %v", err)
		}
		time.Sleep(checkEvery)
		if _, err := provider.Create(t.Context(), spec()); err != nil {
			t.Errorf("create: %v", err)
		}
		if got := count(ocean, "POST /v2/firewalls"); got != 2 {
			t.Errorf("%d firewalls were made, want another one", got)
		}
	})
}

func TestTheFirewallLetsInWhatAMachineServes(t *testing.T) {
	ocean := oceantest.New(oceantest.Options{Token: token})
	listener := &listener{next: ocean.Transport()}
	provider := New(Config{Token: token, Installation: "here", Transport: listener})
	if _, err := provider.Create(t.Context(), spec()); err != nil {
		t.Fatalf("create: %v", err)
	}
	everywhere := `{"addresses":["0.0.0.0/0","::/0"]}`
	in := func(protocol, ports string) string {
		return `{"protocol":"` + protocol + `","ports":"` + ports + `","sources":` + everywhere + `}`
	}
	out := func(protocol string) string {
		return `{"protocol":"` + protocol + `","ports":"0","destinations":` + everywhere + `}`
	}
	want := `{"name":"dictumal-here","inbound_rules":[` +
		strings.Join([]string{in("tcp", "22"), in("tcp", "80"), in("tcp", "443"), in("icmp", "0")}, ",") +
		`],"outbound_rules":[` + strings.Join([]string{out("tcp"), out("udp"), out("icmp")}, ",") +
		`],"droplet_ids":[],"tags":["dictumal-here"]}`
	if difference := cmp.Diff(want, strings.TrimSpace(string(listener.last(t, "POST /v2/firewalls")))); difference != "" {
		t.Errorf("the firewall differs (-want +got):\n%s", difference)
	}
}

func TestAFirewallThatIsBoundToNothingIsBound(t *testing.T) {
	ocean := oceantest.New(oceantest.Options{Token: token})
	provider := New(Config{Token: token, Installation: "here", Transport: oceantest.Checked(t, ocean.Transport())})
	_, _, err := provider.client.Firewalls.Create(t.Context(), &godo.FirewallRequest{
		Name: "dictumal-here", InboundRules: provider.firewall().InboundRules,
		OutboundRules: []godo.OutboundRule{}, DropletIDs: []int{}, Tags: []string{},
	})
	if err != nil {
		t.Fatalf("make a firewall: %v", err)
	}
	if _, err := provider.Create(t.Context(), spec()); err != nil {
		t.Fatalf("create: %v", err)
	}
	firewalls, _, err := provider.client.Firewalls.List(t.Context(), nil)
	if err != nil || len(firewalls) != 1 || !slices.Equal(firewalls[0].Tags, []string{"dictumal-here"}) {
		t.Errorf("the firewalls are %v (%v), want the one, with the tag", firewalls, err)
	}
}

func TestWhatAnotherReplicaHasJustMadeIsNoFault(t *testing.T) {
	for call, fault := range map[string]oceantest.Fault{
		"POST /v2/firewalls": oceantest.Refuse(409, "duplicate name"),
		"POST /v2/tags":      oceantest.Refuse(422, "Tag already exists"),
	} {
		ocean := oceantest.New(oceantest.Options{Token: token})
		provider := open(ocean, Config{})
		if call == "POST /v2/tags" {
			if _, _, err := provider.client.Tags.Create(t.Context(), &godo.TagCreateRequest{Name: "dictumal-here"}); err != nil {
				t.Fatalf("make the tag: %v", err)
			}
		}
		ocean.Fail(call, fault)
		if _, err := provider.Create(t.Context(), spec()); err != nil {
			t.Errorf("after %s was refused: create: %v", call, err)
		}
	}
}
