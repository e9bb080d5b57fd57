package web

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
)

func TestTheDeployFormOffersWhatFits(t *testing.T) {
	asks := func(machine dictumal.MachinePolicy) dictumal.Constitution {
		c := review(1)
		c.Policy.Machine = machine
		return c
	}
	for _, test := range []struct {
		name    string
		machine dictumal.MachinePolicy
		stream  dictumal.Stream // the default
		want    wish
		chosen  string // region, stream, size and what the button says
		says    string
	}{
		{
			"without any wish the defaults are chosen",
			dictumal.MachinePolicy{},
			dictumal.Guacamole,
			wish{},
			"nyc3 guacamole s-1vcpu-2gb Deploy for $0.018 an hour", "Sizes under 2 GB are left out: Guacamole needs that much.",
		},
		{
			"the document's region and size come before the defaults",
			dictumal.MachinePolicy{Region: "fra1", Size: "s-2vcpu-4gb"},
			dictumal.Native,
			wish{},
			"fra1 native s-2vcpu-4gb Deploy for $0.036 an hour", "",
		},
		{
			"what was chosen comes before the document",
			dictumal.MachinePolicy{Region: "fra1", Size: "s-2vcpu-4gb"},
			dictumal.Native,
			wish{Region: "sgp1", Size: "s-1vcpu-1gb", Stream: dictumal.Native},
			"sgp1 native s-1vcpu-1gb Deploy for $0.009 an hour", "",
		},
		{
			"a document's size that is too small for guacamole is answered in words",
			dictumal.MachinePolicy{Size: "s-1vcpu-1gb"},
			dictumal.Guacamole,
			wish{},
			"nyc3 guacamole s-1vcpu-2gb Deploy for $0.018 an hour",
			"The size s-1vcpu-1gb is too small for Guacamole, which needs 2 GB. s-1vcpu-2gb is chosen instead.",
		},
		{
			"a size that the region does not have is answered in words",
			dictumal.MachinePolicy{},
			dictumal.Guacamole,
			wish{Region: "atl1", Size: "s-2vcpu-4gb-intel"},
			"atl1 guacamole s-1vcpu-2gb Deploy for $0.018 an hour",
			"The size s-2vcpu-4gb-intel is not offered in Atlanta 1. s-1vcpu-2gb is chosen instead.",
		},
		{
			"an unknown region is answered in words",
			dictumal.MachinePolicy{Region: "mars"},
			dictumal.Native,
			wish{},
			"nyc3 native s-1vcpu-2gb Deploy for $0.018 an hour", "The region mars is not on offer.",
		},
		{
			"a chosen size that is not among the few is shown all the same",
			dictumal.MachinePolicy{Size: "m6-32vcpu-256gb"},
			dictumal.Native,
			wish{},
			"nyc3 native m6-32vcpu-256gb Deploy for $3.12 an hour", "",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			from := offering(true)
			from.Stream = test.stream
			form := newDeployForm(asks(test.machine), from, test.want)
			got := strings.Join([]string{chosen(form.Regions), chosen(form.Streams), chosen(form.Sizes), form.Price}, " ")
			if got != test.chosen {
				t.Errorf("chosen: %s, want %s", got, test.chosen)
			}
			if said := strings.TrimSpace(strings.Join(form.Notes, " ")); said == "" && test.says != form.LeftOut && test.says != "" || said != "" && said != test.says {
				t.Errorf("said: %q and %q, want %q", said, form.LeftOut, test.says)
			}
		})
	}
}

func TestTheDeployFormShowsAFewSizesAndThenAll(t *testing.T) {
	few, all := newDeployForm(review(2), offering(true), wish{}), newDeployForm(review(2), offering(true), wish{AllSizes: true})
	if len(few.Sizes) != fewSizes || few.More != len(all.Sizes)-fewSizes || all.More != 0 {
		t.Errorf("%d sizes and %d more, then %d and %d more", len(few.Sizes), few.More, len(all.Sizes), all.More)
	}
	for _, choice := range all.Sizes {
		if size, _ := cloudCatalog().Size(choice.Value); !slices.Contains(size.Regions, "nyc3") || size.MemoryMB < 2048 {
			t.Errorf("%s is offered", choice.Value)
		}
	}
}

func TestTheDeployFormWithoutASizeThatFitsSaysSo(t *testing.T) {
	from := offering(false)
	from.Catalog.Sizes, from.Catalog.DefaultSize = from.Catalog.Sizes[:1], "s-1vcpu-1gb"
	form := newDeployForm(review(2), from, wish{Stream: dictumal.Guacamole})
	if form.Refusal != "No size in This host fits this stream; choose another region or stream." {
		t.Errorf("it says %q", form.Refusal)
	}
}

func TestAConstitutionSaysWhatItCostsAtMost(t *testing.T) {
	for _, test := range []struct {
		name, size string
		ttl        time.Duration
		priced     bool
		want       string
	}{
		{"a size and a lifetime have a bound, rounded up", "s-2vcpu-4gb", 4 * time.Hour, true, "$0.036 an hour, at most $0.15."},
		{"without a size it is the default's", "", 8 * time.Hour, true, "$0.018 an hour, at most $0.15."},
		{"without an end there is no bound", "s-1vcpu-2gb", 0, true, "$0.018 an hour, until it is destroyed."},
		{"an unknown size has no price", "s-9vcpu-9gb", time.Hour, true, "Depends on the size."},
		{"an own host charges nothing", "", time.Hour, false, "No charge: the machine runs on this host."},
	} {
		t.Run(test.name, func(t *testing.T) {
			policy := dictumal.Policy{Machine: dictumal.MachinePolicy{Size: test.size}, Lifetime: dictumal.LifetimePolicy{TTL: test.ttl}}
			if got := price(policy, catalog(test.priced)); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestAConstitutionSaysWhatItsBudgetDoes(t *testing.T) {
	for _, test := range []struct {
		name, lifetime, price string
		budget                float64
		priced                bool
	}{
		{"where it is the first end", "Destroyed by itself after 8 hours, or when it has cost $0.10.", "$0.018 an hour, at most $0.10 by its budget.", 0.1, true},
		{"where it lasts longer than the machine", "Destroyed by itself after 8 hours, or when it has cost $5.00.", "$0.018 an hour, at most $0.15.", 5, true},
		{"where nothing is charged", "Destroyed by itself after 8 hours.", "No charge: the machine runs on this host, and the budget of $5.00 ends nothing.", 5, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			policy := dictumal.Policy{Lifetime: dictumal.LifetimePolicy{TTL: 8 * time.Hour, Budget: test.budget}}
			if got := lifetime(policy.Lifetime, catalog(test.priced)); got != test.lifetime {
				t.Errorf("its lifetime is %q, want %q", got, test.lifetime)
			}
			if got := price(policy, catalog(test.priced)); got != test.price {
				t.Errorf("its price is %q, want %q", got, test.price)
			}
		})
	}
}

func chosen(choices []Choice) string {
	for _, choice := range choices {
		if choice.Chosen {
			return choice.Value
		}
	}
	return "none"
}
