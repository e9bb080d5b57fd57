package dictumal

import "slices"

// Status says where a deployment is in its life.
type Status string

// The states of a deployment, in the order in which it passes them.
const (
	// Provisioning: the provider is making the machine.
	Provisioning Status = "PROVISIONING"
	// Configuring: the machine has an address and cloud-init is at work.
	Configuring Status = "CONFIGURING"
	// Active: the desktop can be opened.
	Active Status = "ACTIVE"
	// Errored: it could not be kept; a [Failure] says why and what to do.
	Errored Status = "ERROR"
	// Destroying: it stands until the provider has confirmed that the machine is gone.
	Destroying Status = "DESTROYING"
	// Destroyed: nothing remains. Such deployments are in no list.
	Destroyed Status = "DESTROYED"
)

// Statuses lists every status in the order of life.
func Statuses() []Status {
	return []Status{Provisioning, Configuring, Active, Errored, Destroying, Destroyed}
}

// CanBecome tells whether a deployment in s may move to next. Staying is not a
// move. A deployment never comes back from ERROR: a late success does not
// revive what its owner was told is lost.
func (s Status) CanBecome(next Status) bool {
	return slices.Contains(successors(s), next)
}

// Live tells whether the desktop is there or on its way.
func (s Status) Live() bool { return s == Provisioning || s == Configuring || s == Active }

// Terminal tells whether nothing more will happen to a deployment in s.
func (s Status) Terminal() bool { return s == Destroyed }

// Settled tells whether a viewer who waits for s to change may stop waiting.
func (s Status) Settled() bool { return s == Active || s == Errored || s == Destroyed }

// Private

func successors(s Status) []Status {
	switch s {
	case Provisioning:
		return []Status{Configuring, Errored, Destroying}
	case Configuring:
		return []Status{Active, Errored, Destroying}
	case Active:
		return []Status{Errored, Destroying}
	case Errored:
		return []Status{Destroying}
	case Destroying:
		return []Status{Destroyed}
	case Destroyed:
		return nil
	}
	return nil
}
