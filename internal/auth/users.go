package auth

import (
	"context"
	"net/url"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

// MostUsers is how many users are listed at once.
const MostUsers = 200

// Standing says whether somebody may come in.
type Standing string

// The standings.
const (
	In        Standing = "in"
	Blocked   Standing = "blocked"    // by an administrator
	NotListed Standing = "not-listed" // by the operator's lists, or nobody vouches for them any more
)

// Person is a user as administrators see them.
type Person struct {
	store.Person
	Provider string // that vouches for them, for people
	Standing Standing
	Operator bool // whoever runs the server, whom nobody keeps out
}

// Users lists up to limit users before one, the newest first, for administrators:
// all, the one with an id, or those of whose e-mail something is a part.
func (a *Auth) Users(ctx context.Context, p dictumal.Principal, who, after string, limit int) ([]Person, error) {
	if err := p.Administers(); err != nil {
		return nil, err
	}
	found, err := a.Store.People(ctx, store.Crowd{Who: who, After: after, Limit: min(limit, MostUsers), Now: a.now(), Idle: SessionIdle})
	people := make([]Person, len(found))
	for i, person := range found {
		people[i] = a.person(person)
	}
	return people, err
}

// Person returns one user, for administrators.
func (a *Auth) Person(ctx context.Context, p dictumal.Principal, user string) (Person, error) {
	if user == "" {
		return Person{}, dictumal.ErrNotFound
	}
	people, err := a.Users(ctx, p, user, "", 1)
	switch {
	case err != nil:
		return Person{}, err
	case len(people) == 0 || people[0].User.ID != user: // a part of an e-mail is no id
		return Person{}, dictumal.ErrNotFound
	}
	return people[0], nil
}

// Private

func (a *Auth) person(found store.Person) Person {
	person := Person{Person: found, Provider: found.User.Issuer, Standing: In, Operator: operates(found.User)}
	if issuer, err := url.Parse(found.User.Issuer); err == nil && issuer.Host != "" {
		person.Provider = issuer.Host
	}
	if found.User.Issuer == local {
		person.Provider = "this server"
	}
	for _, provider := range a.Providers {
		if provider.Issuer == found.User.Issuer {
			person.Provider = provider.Label
		}
	}
	var listed bool
	person.User, listed = a.listed(found.User)
	switch {
	case !found.User.BlockedAt.IsZero():
		person.Standing = Blocked
	case !listed:
		person.Standing = NotListed
	}
	return person
}

// operates tells whether a user is whoever runs the server.
func operates(user dictumal.User) bool { return user.Issuer == local && user.Email == localEmail }
