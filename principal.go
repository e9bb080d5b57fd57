package dictumal

import (
	"slices"
	"time"
)

// User is a person who may own constitutions and deployments.
type User struct {
	ID string
	// Issuer is who vouches for them: an identity provider by its address, or "local".
	Issuer    string
	Email     string
	Name      string
	Admin     bool
	CreatedAt time.Time
	// Domain is true where who vouches for the user speaks for everybody at the e-mail's
	// domain, and not only for who could once read mail there.
	Domain bool
	// BlockedAt is when an administrator has kept them out; zero: nobody has.
	BlockedAt time.Time
}

// Scope is what a token lets its bearer do of what its user may do.
type Scope string

// The scopes. Each of the last two stands alone: who may open desktops need not
// be able to order any.
const (
	ScopeRead   Scope = "read"   // look at constitutions, deployments and their stories
	ScopeDeploy Scope = "deploy" // write constitutions; order, extend, share and destroy desktops; includes read
	ScopeLaunch Scope = "launch" // open desktops
	ScopeAdmin  Scope = "admin"  // everything that the user may do
)

// Scopes lists all scopes, the narrowest first.
func Scopes() []Scope { return []Scope{ScopeRead, ScopeDeploy, ScopeLaunch, ScopeAdmin} }

// Principal is who asks: a user, and the bounds of how they came in.
type Principal struct {
	User User
	// Session is set where a browser asks, Token where a program does.
	Session string
	Token   string
	// Scopes bounds a token. A session has none, and may do whatever its user may.
	Scopes []Scope
	// OnlyDesktop bounds a session that was opened by a launch code to one
	// deployment's desktop; empty means no bound.
	OnlyDesktop string
	// SignedInAt is when the person of a session last proved who they are.
	SignedInAt time.Time
	// From is the address that the request came from, as far as it is known.
	From string
}

// May tells whether the way in leaves room for the scope.
func (p Principal) May(scope Scope) bool {
	if p.Token == "" {
		return true
	}
	has := func(s Scope) bool { return slices.Contains(p.Scopes, s) }
	return has(scope) || has(ScopeAdmin) || scope == ScopeRead && has(ScopeDeploy)
}

// Scoped is nil where the way in leaves room for the scope, and else says that it
// does not.
func (p Principal) Scoped(scope Scope) error {
	if p.May(scope) {
		return nil
	}
	return NewError(CodeForbidden, "This token may not do that: it lacks the scope "+string(scope)+". Make one that has it.")
}

// Administers is nil for those who may do what concerns the whole installation, and
// else says why they may not.
func (p Principal) Administers() error {
	if err := p.Scoped(ScopeAdmin); err != nil {
		return err
	}
	if p.OnlyDesktop != "" {
		return ErrOneDesktop
	}
	if !p.User.Admin {
		return NewError(CodeForbidden, "This is for the administrators of the installation; ask one of them.")
	}
	return nil
}

// Owns tells whether an object of this owner is the principal's own.
func (p Principal) Owns(owner string) bool { return owner != "" && p.User.ID == owner }
