package dictumal

import "time"

// User is a person who may own constitutions and deployments.
type User struct {
	ID        string
	Email     string
	Name      string
	Admin     bool
	CreatedAt time.Time
}

// Principal is who asks: a user, and the bounds of how they came in.
type Principal struct {
	User User
	// Session is set where a browser asks, Token where a program does.
	Session string
	Token   string
	// OnlyDesktop bounds a session that was opened by a launch code to one
	// deployment's desktop; empty means no bound.
	OnlyDesktop string
}

// Owns tells whether an object of this owner is the principal's own.
func (p Principal) Owns(owner string) bool { return owner != "" && p.User.ID == owner }

// MayView tells whether the principal may open the desktop of a deployment.
func (p Principal) MayView(d Deployment) bool {
	return p.Owns(d.Owner) && (p.OnlyDesktop == "" || p.OnlyDesktop == d.ID)
}

// MayManage tells whether the principal may do anything beyond viewing.
func (p Principal) MayManage(d Deployment) bool { return p.Owns(d.Owner) && p.OnlyDesktop == "" }
