package web

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dictumal/dictumal"
)

// Meaning is a policy in sentences: what a document does to its machine.
type Meaning struct {
	Clauses []Clause
}

// Clause is one line of a [Meaning]. Words are things to be read letter by
// letter, such as package names.
type Clause struct {
	Icon, Name, Text string
	Words            []string
}

func newMeaning(p dictumal.Policy, catalog dictumal.Catalog) Meaning {
	return Meaning{Clauses: []Clause{
		software(p.Software),
		{Icon: "globe", Name: "Network", Text: egress(p.Network)},
		{Icon: "shield", Name: "Rights", Text: rights(p)},
		{Icon: "hourglass", Name: "Lifetime", Text: lifetime(p.Lifetime, catalog)},
		{Icon: "server", Name: "Machine", Text: hardware(p.Machine, catalog)},
		{Icon: "coins", Name: "Price", Text: price(p, catalog)},
	}}
}

// Private

func software(p dictumal.SoftwarePolicy) Clause {
	clause := Clause{Icon: "package", Name: "Software", Text: "The desktop as it comes.", Words: p.Packages}
	if len(p.Packages) > 0 {
		clause.Text = "The desktop, and " + count(len(p.Packages), "package") + " more:"
	}
	var also []string
	if n := len(p.Autostart); n > 0 {
		also = append(also, count(n, "program")+" started at sign-in")
	}
	if n := len(p.Files); n > 0 {
		also = append(also, count(n, "file")+" put in place")
	}
	if len(also) > 0 && len(p.Packages) == 0 {
		clause.Text = "The desktop, " + strings.Join(also, ", ") + "."
	} else if len(also) > 0 {
		clause.Text = "The desktop, " + strings.Join(also, ", ") + ", and " + count(len(p.Packages), "package") + " more:"
	}
	return clause
}

func egress(p dictumal.NetworkPolicy) string {
	switch p.Egress {
	case dictumal.EgressNone:
		return "No connection to anything."
	case dictumal.EgressAllowlist:
		return "Only " + strings.Join(p.Allow, ", ") + "."
	case dictumal.EgressOpen:
	}
	return "The public internet; no neighbour, no private network."
}

func rights(p dictumal.Policy) string {
	root := "No root rights"
	if p.Privileges.Sudo {
		root = "Root rights by sudo"
	}
	if p.Stream.Control == dictumal.ControlViewOnly {
		return root + "; viewers may look and not touch; " + clipboard(p.Stream.Clipboard) + "."
	}
	return root + "; keyboard and mouse; " + clipboard(p.Stream.Clipboard) + "."
}

func clipboard(c dictumal.Clipboard) string {
	switch c {
	case dictumal.ClipboardNone:
		return "no clipboard"
	case dictumal.ClipboardCopy:
		return "clipboard out of the machine only"
	case dictumal.ClipboardPaste:
		return "clipboard into the machine only"
	case dictumal.ClipboardBoth:
	}
	return "clipboard both ways"
}

func lifetime(p dictumal.LifetimePolicy, catalog dictumal.Catalog) string {
	if ends := endsBy(p, catalog); ends != "" {
		return "Destroyed by itself " + ends + "."
	}
	return "Until somebody destroys it."
}

// endsBy says which clauses end a machine, and when; empty where none does. What
// costs nothing never uses a budget up.
func endsBy(p dictumal.LifetimePolicy, catalog dictumal.Catalog) string {
	var ends []string
	if p.TTL > 0 {
		ends = append(ends, "after "+dictumal.Span(p.TTL))
	}
	if p.Budget > 0 && charges(catalog) {
		ends = append(ends, "when it has cost "+money(p.Budget))
	}
	return strings.Join(ends, ", or ")
}

// charges tells whether anything on offer costs money; what is not known may.
func charges(catalog dictumal.Catalog) bool {
	return len(catalog.Sizes) == 0 || slices.ContainsFunc(catalog.Sizes, func(size dictumal.Size) bool { return size.PricePerHour > 0 })
}

func hardware(p dictumal.MachinePolicy, catalog dictumal.Catalog) string {
	screen := fmt.Sprintf("%d × %d pixels", p.Resolution.Width, p.Resolution.Height)
	size, ok := catalog.Size(orDefault(p.Size, catalog.DefaultSize))
	if !ok {
		return "Size " + orDefault(p.Size, "of your choice") + "; " + screen + "."
	}
	return sizeWords(size) + "; " + screen + "."
}

func price(p dictumal.Policy, catalog dictumal.Catalog) string {
	size, ok := catalog.Size(orDefault(p.Machine.Size, catalog.DefaultSize))
	if !ok {
		return "Depends on the size."
	}
	budget := p.Lifetime.Budget
	if size.PricePerHour == 0 {
		if budget > 0 {
			return "No charge: the machine runs on this host, and the budget of " + money(budget) + " ends nothing."
		}
		return "No charge: the machine runs on this host."
	}
	most, bounded := p.Lifetime.MaxCost(size.PricePerHour)
	if !bounded {
		return money(size.PricePerHour) + " an hour, until it is destroyed."
	}
	if most == budget {
		return money(size.PricePerHour) + " an hour, at most " + atMost(most) + " by its budget."
	}
	return money(size.PricePerHour) + " an hour, at most " + atMost(most) + "."
}

func sizeWords(size dictumal.Size) string {
	words := count(size.VCPUs, "CPU") + ", " + memoryWords(size.MemoryMB)
	if size.DiskGB > 0 {
		words += fmt.Sprintf(", %d GB disk", size.DiskGB)
	}
	return words
}

func orDefault(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}
