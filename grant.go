package dictumal

import "time"

// Grant lets somebody else open one desktop, until it is revoked. It never gives
// more than the constitution of the desktop does.
type Grant struct {
	ID         string
	Deployment string
	// Email names who it is for: whoever signs in with it, verified, in lower case.
	Email     string
	Control   Control
	By        string // id of the user who gave it
	CreatedAt time.Time
}

// Within returns the lesser of what the grant and what the constitution allow. Who may
// only look puts nothing on the desktop's clipboard either.
func (g Grant) Within(policy StreamPolicy) StreamPolicy {
	if g.Control != ControlFull {
		policy.Control = ControlViewOnly
		policy.Clipboard = policy.Clipboard.withoutPaste()
	}
	return policy
}
