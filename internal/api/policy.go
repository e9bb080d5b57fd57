package api

import (
	"time"

	"github.com/dictumal/dictumal"
)

// Policy is what binds a machine, as clients read it.
type Policy struct {
	Machine    PolicyMachine    `json:"machine"`
	Software   PolicySoftware   `json:"software"`
	Lifetime   PolicyLifetime   `json:"lifetime"`
	Network    PolicyNetwork    `json:"network"`
	Stream     PolicyStream     `json:"stream"`
	Privileges PolicyPrivileges `json:"privileges"`
}

// PolicyMachine says what kind of machine; null leaves the choice to the catalog.
type PolicyMachine struct {
	Region *string `json:"region"`
	Size   *string `json:"size"`
	Width  int     `json:"width"`
	Height int     `json:"height"`
}

// PolicySoftware says what is on the machine.
type PolicySoftware struct {
	Packages  []string   `json:"packages"`
	Autostart [][]string `json:"autostart"`
	Files     []string   `json:"files" doc:"Paths"`
}

// PolicyLifetime says when the machine ends by itself; null means never.
type PolicyLifetime struct {
	TTLSeconds  *float64 `json:"ttlSeconds"`
	IdleSeconds *float64 `json:"idleSeconds"`
	Budget      *float64 `json:"budget" doc:"USD"`
}

// PolicyNetwork says where the machine may connect to.
type PolicyNetwork struct {
	Egress dictumal.Egress `json:"egress" enum:"open,allowlist,none"`
	Allow  []string        `json:"allow"`
}

// PolicyStream says what may pass between viewer and desktop.
type PolicyStream struct {
	Control   dictumal.Control   `json:"control" enum:"full,view-only"`
	Clipboard dictumal.Clipboard `json:"clipboard" enum:"none,copy,paste,both"`
}

// PolicyPrivileges says what the desktop's user may do.
type PolicyPrivileges struct {
	Sudo bool `json:"sudo"`
}

// Private

func shapePolicy(p dictumal.Policy) Policy {
	files := make([]string, 0, len(p.Software.Files))
	for _, file := range p.Software.Files {
		files = append(files, file.Path)
	}
	return Policy{
		Machine: PolicyMachine{
			Region: present(p.Machine.Region), Size: present(p.Machine.Size),
			Width: p.Machine.Resolution.Width, Height: p.Machine.Resolution.Height,
		},
		Software:   PolicySoftware{Packages: some(p.Software.Packages), Autostart: some(p.Software.Autostart), Files: files},
		Lifetime:   PolicyLifetime{TTLSeconds: seconds(p.Lifetime.TTL), IdleSeconds: seconds(p.Lifetime.Idle), Budget: present(p.Lifetime.Budget)},
		Network:    PolicyNetwork{Egress: p.Network.Egress, Allow: some(p.Network.Allow)},
		Stream:     PolicyStream(p.Stream),
		Privileges: PolicyPrivileges(p.Privileges),
	}
}

func seconds(d time.Duration) *float64 { return present(d.Seconds()) }

// some makes an absent list an empty one, which clients can walk.
func some[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
