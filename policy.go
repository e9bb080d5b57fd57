package dictumal

import "time"

// Policy is what the front matter of a constitution says, with the defaults
// filled in: the clauses that bind the machine.
type Policy struct {
	Title      string           `json:"title"`
	Machine    MachinePolicy    `json:"machine"`
	Software   SoftwarePolicy   `json:"software"`
	Lifetime   LifetimePolicy   `json:"lifetime"`
	Network    NetworkPolicy    `json:"network"`
	Stream     StreamPolicy     `json:"stream"`
	Privileges PrivilegesPolicy `json:"privileges"`
}

// MachinePolicy says what kind of machine. An empty region or size leaves the
// choice to the provider's catalog.
type MachinePolicy struct {
	Region     string     `json:"region"`
	Size       string     `json:"size"`
	Resolution Resolution `json:"resolution"`
}

// Resolution is the size of the desktop when it starts, in pixels.
type Resolution struct {
	Width  int `json:"width"`
	Height int `json:"height"`
}

// SoftwarePolicy says what is on the machine.
type SoftwarePolicy struct {
	Packages []string `json:"packages"`
	// Autostart holds one command per program, each already split into words.
	Autostart [][]string `json:"autostart"`
	Files     []File     `json:"files"`
}

// File is a file that the machine starts with. Path begins with "~/", or is
// absolute where the policy grants sudo.
type File struct {
	Path    string `json:"path"`
	Content string `json:"content"`
}

// LifetimePolicy says when the machine ends by itself. Zero means never.
type LifetimePolicy struct {
	TTL    time.Duration `json:"ttl"`
	Idle   time.Duration `json:"idle"`
	Budget float64       `json:"budget"` // USD
}

// MaxCost is the most that a machine with the price can cost under the policy, in
// USD, and false where there is no such bound.
func (l LifetimePolicy) MaxCost(pricePerHour float64) (float64, bool) {
	switch most := l.TTL.Hours() * pricePerHour; {
	case l.TTL <= 0:
		return l.Budget, l.Budget > 0
	case l.Budget > 0:
		return min(most, l.Budget), true
	default:
		return most, true
	}
}

// Egress says what the machine may reach.
type Egress string

// The kinds of egress.
const (
	EgressOpen      Egress = "open" // the public internet
	EgressAllowlist Egress = "allowlist"
	EgressNone      Egress = "none"
)

// NetworkPolicy says where the machine may connect to.
type NetworkPolicy struct {
	Egress Egress   `json:"egress"`
	Allow  []string `json:"allow"`
}

// Control says what a viewer may do to the desktop.
type Control string

// The kinds of control.
const (
	ControlFull     Control = "full"
	ControlViewOnly Control = "view-only"
)

// Clipboard says which way text may cross, seen from the viewer: copy is from
// the machine to the browser, paste the other way.
type Clipboard string

// The kinds of clipboard.
const (
	ClipboardNone  Clipboard = "none"
	ClipboardCopy  Clipboard = "copy"
	ClipboardPaste Clipboard = "paste"
	ClipboardBoth  Clipboard = "both"
)

// MayCopy tells whether text may leave the machine.
func (c Clipboard) MayCopy() bool { return c == ClipboardCopy || c == ClipboardBoth }

// MayPaste tells whether text may enter the machine.
func (c Clipboard) MayPaste() bool { return c == ClipboardPaste || c == ClipboardBoth }

// withoutPaste leaves what may leave the machine.
func (c Clipboard) withoutPaste() Clipboard {
	if c.MayCopy() {
		return ClipboardCopy
	}
	return ClipboardNone
}

// StreamPolicy says what may pass between viewer and desktop.
type StreamPolicy struct {
	Control   Control   `json:"control"`
	Clipboard Clipboard `json:"clipboard"`
}

// PrivilegesPolicy says what the desktop's user may do on the machine.
type PrivilegesPolicy struct {
	Sudo bool `json:"sudo"`
}
