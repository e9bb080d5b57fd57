package web

import (
	"fmt"
	"time"

	"github.com/dictumal/dictumal"
)

// authority is where the certificate authority of the machines is to be had.
const authority = "/ca.pem"

// Private

func newFacts(d dictumal.Deployment, now time.Time) []Fact {
	p := d.Policy
	facts := []Fact{
		{Name: "Deployment", Value: d.ID, Mono: true},
		{
			Name: "Constitution", Value: fmt.Sprintf("%s, version %d", d.Constitution.Title, d.Constitution.Version),
			Link: fmt.Sprintf("/constitutions/%s?version=%d", d.Constitution.ID, d.Constitution.Version),
		},
		{Name: "SHA-256", Value: d.Constitution.Hash, Mono: true},
		{Name: "Address", Value: d.IP, Mono: true},
		{Name: "Machine", Value: d.MachineName, Mono: true},
		{Name: "Provider", Value: d.Provider},
		{Name: "Region", Value: d.Region},
		{Name: "Size", Value: d.Size, Mono: true},
		{Name: "Stream", Value: streamWords(d.Stream)},
		certificate(d.Stream),
		{Name: "Price", Value: priceWords(d.PricePerHour)},
		{Name: "Rights", Value: rights(p)},
		{Name: "Made", Value: exactTime(d.CreatedAt)},
		{Name: "Active since", Value: exactTime(d.ActiveAt)},
		{Name: "Ends", Value: endWords(d)},
		{Name: "Destroyed", Value: exactTime(d.DestroyedAt)},
	}
	if d.PricePerHour > 0 && hasCost(d) {
		facts = append(facts, Fact{Name: "Cost", Value: spent(d.Cost(now))})
	}
	known := facts[:0]
	for _, fact := range facts {
		if fact.Value != "" {
			known = append(known, fact)
		}
	}
	return known
}

// endWords is when it ends by itself, and by which clause.
func endWords(d dictumal.Deployment) string {
	ending, ends := d.Ending()
	if !ends || !d.Status.Live() {
		return ""
	}
	return fmt.Sprintf("%s (%s)", exactTime(ending.At), ending.Clause)
}

func exactTime(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format("2 January 2006, 15:04:05 UTC")
}

// certificate tells who vouches for the machine; nobody needs to on the native stream.
func certificate(stream dictumal.Stream) Fact {
	if stream != dictumal.Guacamole {
		return Fact{}
	}
	return Fact{Name: "Certificate", Value: "By this server's own authority", Link: authority}
}

func streamWords(stream dictumal.Stream) string {
	if stream == dictumal.Guacamole {
		return "Guacamole, straight from the machine"
	}
	return "Native, through this server"
}
