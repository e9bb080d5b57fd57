package digitalocean

import (
	"errors"
	"net/http"
	"strconv"
	"testing"

	"github.com/oklog/ulid/v2"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
	"github.com/dictumal/dictumal/internal/provider/providertest"
)

const token = "dop_v1_of_the_stand_in"

func TestDigitalOceanIsAProvider(t *testing.T) {
	providertest.Exercise(t, func(t *testing.T) providertest.Fixture {
		t.Helper()
		return fixture(t, oceantest.New(oceantest.Options{Token: token, Limit: 3}))
	})
}

func TestDigitalOceanContractHoldsForEveryRequest(t *testing.T) {
	wrap := oceantest.Contract(t)
	if wrap == nil {
		t.Skip("DigitalOcean's description is not at " + oceantest.Document() + "; set DICTUMAL_DO_OPENAPI")
	}
	ocean := oceantest.New(oceantest.Options{Token: token, Account: oceantest.Account{Status: "warning"}})
	ocean.Fail(order, oceantest.Fine(), oceantest.Fine(), oceantest.Fine(), oceantest.Status(422))
	for _, config := range []Config{
		{},
		{UseLatestUbuntu: true, SSHKeys: []string{"unknown"}},
		{ImageSlug: "155133621"},
		{}, // whose order is refused, so that the account is looked at
	} {
		config.Token, config.Installation, config.Transport = token, "here", wrap(ocean.Transport())
		provider := New(config)
		made, err := provider.Create(t.Context(), spec())
		if err != nil {
			continue // the key that nobody knows, and the refusal
		}
		if _, err := provider.Inspect(t.Context(), made.ID); err != nil {
			t.Errorf("inspect: %v", err)
		}
		id, _ := strconv.Atoi(made.ID)
		ocean.PowerOff(id)
		if err := provider.Start(t.Context(), made.ID); err != nil {
			t.Errorf("start: %v", err)
		}
		if err := provider.Destroy(t.Context(), made.ID); err != nil {
			t.Errorf("destroy: %v", err)
		}
		if _, err := provider.Inspect(t.Context(), made.ID); !errors.Is(err, dictumal.ErrMachineNotFound) {
			t.Errorf("inspect: %v", err)
		}
	}
	for _, kind := range []string{
		"GET /v2/regions", "GET /v2/sizes", "GET /v2/images", "GET /v2/images/155133621", "GET /v2/account/keys", "POST /v2/account/keys",
		"POST /v2/tags", "GET /v2/firewalls", "POST /v2/firewalls", "POST /v2/droplets", "GET /v2/droplets",
		"GET /v2/droplets/{id}", "DELETE /v2/droplets/{id}", "POST /v2/droplets/{id}", "GET /v2/account",
	} {
		if count(ocean, kind) == 0 {
			t.Errorf("%s was not asked for, so that nothing is known of it", kind)
		}
	}
}

func TestEveryScopeThatIsNeededIsNamed(t *testing.T) {
	ocean := oceantest.New(oceantest.Options{Token: token, Scopes: Scopes()})
	provider := open(ocean, Config{UseLatestUbuntu: true})
	made, err := provider.Create(t.Context(), spec())
	if err != nil {
		t.Fatalf("create: %v", err)
	}
	id, _ := strconv.Atoi(made.ID)
	ocean.PowerOff(id)
	if err := provider.Start(t.Context(), made.ID); err != nil {
		t.Errorf("start: %v", err)
	}
	if err := provider.Destroy(t.Context(), made.ID); err != nil {
		t.Errorf("destroy: %v", err)
	}
}

// Private

func fixture(t *testing.T, ocean *oceantest.Ocean) providertest.Fixture {
	t.Helper()
	there := func(id string) (oceantest.Droplet, bool) {
		for _, droplet := range ocean.Droplets() {
			if strconv.Itoa(droplet.ID) == id {
				return droplet, true
			}
		}
		return oceantest.Droplet{}, false
	}
	return providertest.Fixture{
		Provider:     open(ocean, Config{}),
		Installation: "here",
		Spec: func(name string) dictumal.MachineSpec {
			spec := spec()
			spec.Name = name
			return spec
		},
		Foreign: func(t *testing.T) dictumal.Machine {
			t.Helper()
			elsewhere := New(Config{Token: token, Installation: "elsewhere", Transport: ocean.Transport()})
			spec := spec()
			spec.Name = dictumal.MachineName("elsewhere", ulid.Make().String())
			made, err := elsewhere.Create(t.Context(), spec)
			if err != nil {
				t.Fatalf("make a machine of another installation: %v", err)
			}
			return made
		},
		Alive: func(_ *testing.T, id string) bool {
			_, ok := there(id)
			return ok
		},
		PowerOff: func(_ *testing.T, id string) {
			droplet, _ := there(id)
			ocean.PowerOff(droplet.ID)
		},
		Vanish: func(_ *testing.T, id string) {
			droplet, _ := there(id)
			ocean.Vanish(droplet.ID)
		},
		Exhaust: func(t *testing.T) {
			t.Helper()
			ocean.Fail("POST /v2/droplets", oceantest.Refuse(http.StatusUnprocessableEntity, "creating this/these droplet(s) will exceed your droplet limit"))
		},
	}
}
