package constitution

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/dictumal/dictumal"
)

// The bounds within which a clause may move.
const (
	MaxTitle   = 120 // characters
	DefaultTTL = 8 * time.Hour
	MinTTL     = 5 * time.Minute
	MaxTTL     = 24 * time.Hour
	MaxBudget  = 10_000 // USD
)

// DefaultPolicy is what an empty front matter says.
func DefaultPolicy() dictumal.Policy {
	return readPolicy(clause{reader: &reader{}})
}

// Private

func readPolicy(root clause) dictumal.Policy {
	top := root.fields("")
	sudo := top["privileges"].fields("privileges")["sudo"].flag()
	return dictumal.Policy{
		Title:      readTitle(top["title"]),
		Machine:    readMachine(top["machine"].fields("machine")),
		Software:   readSoftware(top["software"].fields("software"), sudo),
		Lifetime:   readLifetime(top["lifetime"].fields("lifetime")),
		Network:    readNetwork(top["network"].fields("network")),
		Stream:     readStream(top["stream"].fields("stream")),
		Privileges: dictumal.PrivilegesPolicy{Sudo: sudo},
	}
}

func readTitle(c clause) string {
	title, ok := c.text()
	switch {
	case !ok:
		return ""
	case strings.TrimSpace(title) == "":
		c.refuse("it is empty; write a title or leave the line out to use the first heading.")
	case utf8.RuneCountInString(title) > MaxTitle:
		c.refuse("it has %d characters and may have %d.", utf8.RuneCountInString(title), MaxTitle)
	case strings.ContainsFunc(title, unicode.IsControl):
		c.refuse("it must be one line of plain text.")
	}
	return strings.TrimSpace(title)
}

func readMachine(fields map[string]clause) dictumal.MachinePolicy {
	return dictumal.MachinePolicy{
		Region:     readSlug(fields["region"]),
		Size:       readSlug(fields["size"]),
		Resolution: readResolution(fields["resolution"]),
	}
}

// readSlug reads a name of the provider's catalog. Whether the catalog has it is
// for whoever knows the catalog.
func readSlug(c clause) string {
	slug, ok := c.text()
	if ok && !regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`).MatchString(slug) {
		c.refuse("%q is not a name of the catalog; those have small letters, digits and hyphens.", slug)
	}
	return slug
}

func readResolution(c clause) dictumal.Resolution {
	standard := dictumal.Resolution{Width: 1440, Height: 900}
	text, ok := c.text()
	if !ok {
		return standard
	}
	match := regexp.MustCompile(`^([0-9]{3,4})x([0-9]{3,4})$`).FindStringSubmatch(text)
	if match == nil {
		c.refuse("%q is not a resolution; write width and height like 1440x900.", text)
		return standard
	}
	width, _ := strconv.Atoi(match[1])  // three or four digits
	height, _ := strconv.Atoi(match[2]) // the same
	if width < 640 || width > 3840 || height < 480 || height > 2160 {
		c.refuse("%s is out of bounds; write something from 640x480 to 3840x2160.", text)
		return standard
	}
	return dictumal.Resolution{Width: width, Height: height}
}

func readLifetime(fields map[string]clause) dictumal.LifetimePolicy {
	if idle, ok := fields["idle"].scalar(); ok && idle != "off" {
		fields["idle"].notEnforced(idle, "off")
	}
	return dictumal.LifetimePolicy{TTL: readTTL(fields["ttl"]), Budget: readBudget(fields["budget"])}
}

// readBudget reads an amount in USD, in whole cents; zero is none.
func readBudget(c clause) float64 {
	text, ok := c.scalar()
	if !ok || text == "none" {
		return 0
	}
	budget, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil || !regexp.MustCompile(`^[0-9]+(\.[0-9]{1,2})?$`).MatchString(text):
		c.refuse("%s is not an amount in USD; write one like 5 or 7.50, or none.", text)
	case budget <= 0 || budget > MaxBudget:
		c.refuse("%s is out of bounds; write something from 0.01 to %d, or none.", text, MaxBudget)
	default:
		return budget
	}
	return 0
}

func readTTL(c clause) time.Duration {
	text, ok := c.scalar()
	if !ok {
		return DefaultTTL
	}
	ttl, err := time.ParseDuration(text)
	switch {
	case err != nil:
		c.refuse("%q is not a length of time; write one like 8h, 90m or 1h30m.", text)
	case ttl < MinTTL || ttl > MaxTTL:
		c.refuse("%s is out of bounds; write something from 5m to 24h.", text)
	default:
		return ttl
	}
	return DefaultTTL
}

func readNetwork(fields map[string]clause) dictumal.NetworkPolicy {
	egress := choice(fields["egress"], dictumal.EgressOpen, dictumal.EgressAllowlist, dictumal.EgressNone)
	if egress != dictumal.EgressOpen {
		fields["egress"].notEnforced(string(egress), string(dictumal.EgressOpen))
	}
	if allow := fields["allow"]; len(allow.items()) > 0 {
		allow.refuse("a list of hosts is not enforced by this version; leave it out.")
	}
	return dictumal.NetworkPolicy{Egress: dictumal.EgressOpen, Allow: []string{}}
}

func readStream(fields map[string]clause) dictumal.StreamPolicy {
	return dictumal.StreamPolicy{
		Control: choice(fields["control"], dictumal.ControlFull, dictumal.ControlViewOnly),
		Clipboard: choice(fields["clipboard"],
			dictumal.ClipboardBoth, dictumal.ClipboardNone, dictumal.ClipboardCopy, dictumal.ClipboardPaste),
	}
}

// notEnforced refuses a clause that is understood but that nothing would hold
// the machine to: a promise in a document must never be empty.
func (c clause) notEnforced(value, instead string) {
	c.refuse("%s is not enforced by this version; write %s or leave it out.", value, instead)
}
