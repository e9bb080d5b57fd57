package auth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/mail"
	"strings"

	"github.com/oklog/ulid/v2"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

// LocalUser is the one user of an installation without an identity provider: the
// person at this machine, who may do everything.
func (a *Auth) LocalUser(ctx context.Context) (dictumal.User, error) {
	return a.ensure(ctx, "local", dictumal.User{Name: "Local user", Email: "local@localhost", Admin: true})
}

// UserByEmail returns the user with an e-mail, who is made where there is none:
// an operator who asks for a token for somebody vouches for them.
func (a *Auth) UserByEmail(ctx context.Context, email string) (dictumal.User, error) {
	address, err := mail.ParseAddress(email)
	if err != nil || address.Name != "" || len(email) > 254 {
		return dictumal.User{}, dictumal.NewError(dictumal.CodeInvalid,
			fmt.Sprintf("%q is not an e-mail address; write one like ada@example.org.", email))
	}
	email = strings.ToLower(address.Address)
	return a.ensure(ctx, "email:"+email, dictumal.User{Name: email, Email: email})
}

// User returns the user whom the operator means: by e-mail, or the local one.
func (a *Auth) User(ctx context.Context, email string) (dictumal.User, error) {
	if cmp.Or(email, "local@localhost") == "local@localhost" {
		return a.LocalUser(ctx)
	}
	return a.UserByEmail(ctx, email)
}

// Private

// issuer of the users that this installation makes itself.
const issuer = "local"

// ensure returns the user with the subject, and makes it first where it is new.
// Of several who make the same one at once, all get the same.
func (a *Auth) ensure(ctx context.Context, subject string, user dictumal.User) (dictumal.User, error) {
	known, err := a.Store.UserBySubject(ctx, issuer, subject)
	if !errors.Is(err, store.ErrNotFound) {
		return known, err
	}
	user.ID, user.CreatedAt = ulid.Make().String(), a.now()
	if err := a.Store.AddUser(ctx, user, issuer, subject); err != nil && !errors.Is(err, store.ErrDuplicate) {
		return dictumal.User{}, err
	}
	return a.Store.UserBySubject(ctx, issuer, subject)
}
