package dictumal

import (
	"strings"
	"time"
)

// Power is what the provider says of a machine. It is the power light: an
// active machine may still be booting.
type Power string

// The power states.
const (
	PowerNew    Power = "new"
	PowerActive Power = "active"
	PowerOff    Power = "off"
)

// Machine is what the provider knows of one.
type Machine struct {
	ID        string
	Name      string
	Power     Power
	IP        string // empty until the provider has given one
	Size      string // as in the catalog; empty where the provider does not tell
	CreatedAt time.Time
}

// MachineSpec is what the provider is asked to make.
type MachineSpec struct {
	// Name is unique among all attempts that were ever made.
	Name       string
	Deployment string
	Region     string
	Size       string
	Stream     Stream
	UserData   string
}

// MachineName names one attempt at a machine: "dictumal-<installation>-<attempt>",
// in lower case, which every provider accepts. The attempt is a ULID.
func MachineName(installation, attempt string) string {
	return strings.ToLower(namePrefix(installation) + attempt)
}

// ParseMachineName gives the attempt that a machine was made for, upper-case,
// and false where the name is not of this installation: such a machine is
// someone else's and is never touched.
func ParseMachineName(installation, name string) (attempt string, ours bool) {
	attempt, ours = strings.CutPrefix(name, strings.ToLower(namePrefix(installation)))
	if !ours || len(attempt) != 26 || strings.Trim(attempt, attemptLetters) != "" {
		return "", false
	}
	return strings.ToUpper(attempt), true
}

// Private

// attemptLetters are those of a ULID in lower case, and with them all that a name of
// ours can end in.
const attemptLetters = "0123456789abcdefghjkmnpqrstvwxyz"

func namePrefix(installation string) string { return "dictumal-" + installation + "-" }
