package auth

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/oklog/ulid/v2"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/auth/oidc"
	"github.com/dictumal/dictumal/internal/store"
)

// LocalUser is the operator: the person at this machine, who may do everything, and
// the one user of an installation without an identity provider.
func (a *Auth) LocalUser(ctx context.Context) (dictumal.User, error) {
	return a.ensure(ctx, "local", dictumal.User{Name: "Local user", Email: localEmail, Admin: true})
}

// UserByEmail returns the user with an e-mail. Where people sign in by an identity
// provider, that says who they are; else the user is made where there is none: an
// operator who asks for a token for somebody vouches for them.
func (a *Auth) UserByEmail(ctx context.Context, email string) (dictumal.User, error) {
	address, ok := dictumal.ParseEmail(email)
	if !ok {
		return dictumal.User{}, dictumal.NewError(dictumal.CodeInvalid,
			fmt.Sprintf("%q is not an e-mail address; write one like ada@example.org.", email))
	}
	if len(a.Providers) > 0 {
		return a.signedInBefore(ctx, address)
	}
	return a.ensure(ctx, "email:"+address, dictumal.User{Name: address, Email: address})
}

// User returns the user whom the operator means: by e-mail, or the local one.
func (a *Auth) User(ctx context.Context, email string) (dictumal.User, error) {
	if cmp.Or(email, localEmail) == localEmail {
		return a.LocalUser(ctx)
	}
	return a.UserByEmail(ctx, email)
}

// Private

// admit returns the user who a provider says somebody is, if they may come in. Of
// several providers each has users of its own: who has the same e-mail at another
// is somebody else.
func (a *Auth) admit(ctx context.Context, who oidc.Identity) (dictumal.User, error) {
	if !a.People.allows(who.Email, who.Domain) {
		return dictumal.User{}, dictumal.NewError(dictumal.CodeForbidden,
			fmt.Sprintf("%s is not among those who may come in here; ask whoever runs this server.", who.Email))
	}
	if err := a.welcome(ctx, who.Email); err != nil {
		return dictumal.User{}, err
	}
	user, err := a.Store.SignInUser(ctx, dictumal.User{
		ID: ulid.Make().String(), Issuer: who.Issuer, Email: who.Email, Name: who.Name, Domain: who.Domain,
		Admin: len(a.People.Admin) == 0, CreatedAt: a.now(),
	}, who.Subject)
	if err != nil {
		return dictumal.User{}, err
	}
	a.recent.forget() // who was asked for a moment ago may have another e-mail now
	user, _ = a.listed(user)
	return user, unblocked(user)
}

// signedInBefore returns the one user with an e-mail whom a provider knows.
func (a *Auth) signedInBefore(ctx context.Context, email string) (dictumal.User, error) {
	all, err := a.Store.UsersByEmail(ctx, email)
	if err != nil {
		return dictumal.User{}, err
	}
	var found []dictumal.User
	for _, user := range all {
		if user, ok := a.standing(user); ok && user.Issuer != local {
			found = append(found, user)
		}
	}
	switch len(found) {
	case 0:
		return dictumal.User{}, dictumal.NewError(dictumal.CodeNotFound,
			fmt.Sprintf("Nobody who may come in has signed in as %s yet; have them sign in once, and try again.", email))
	case 1:
		return found[0], nil
	}
	return dictumal.User{}, dictumal.NewError(dictumal.CodeConflict,
		fmt.Sprintf("Several people have signed in as %s, by different providers; have each make a token on their account page.", email))
}

// ensure returns the user of this installation with the subject, and makes it first
// where it is new. Of several who make the same one at once, all get the same.
func (a *Auth) ensure(ctx context.Context, subject string, user dictumal.User) (dictumal.User, error) {
	known, err := a.Store.UserBySubject(ctx, local, subject)
	if !errors.Is(err, store.ErrNotFound) {
		return known, err
	}
	user.ID, user.CreatedAt = ulid.Make().String(), a.now()
	if err := a.Store.AddUser(ctx, user, local, subject); err != nil && !errors.Is(err, store.ErrDuplicate) {
		return dictumal.User{}, err
	}
	return a.Store.UserBySubject(ctx, local, subject)
}
