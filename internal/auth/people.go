package auth

import (
	"slices"
	"strings"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/auth/oidc"
)

// People are those whom the operator lets in by an identity provider, by e-mails
// and domains in lower case.
type People struct {
	Allow []string // "*": everybody whom the provider lets in
	Admin []string // e-mails; none: whoever signed in first
}

// allows tells whether somebody with a verified e-mail may come in. Where nobody
// speaks for the e-mail's domain, only the whole address counts.
func (p People) allows(email string, domain bool) bool {
	_, host, _ := strings.Cut(email, "@")
	return slices.ContainsFunc(p.Allow, func(entry string) bool {
		return entry == "*" || entry == email || domain && entry == host
	}) || slices.Contains(p.Admin, email)
}

// Private

// local is the issuer of the users that this installation makes itself.
const local = "local"

// localEmail is that of the operator, who comes in by the command line's link.
const localEmail = "local@localhost"

// standing is a user as the operator's lists have them today, and false where they
// may not come in any more. Sessions and tokens last for long, and lists change.
func (a *Auth) standing(user dictumal.User) (dictumal.User, bool) {
	user, ok := a.listed(user)
	return user, ok && unblocked(user) == nil
}

// listed is standing as far as the operator's lists go.
func (a *Auth) listed(user dictumal.User) (dictumal.User, bool) {
	if user.Issuer == local {
		return user, len(a.Providers) == 0 || operates(user)
	}
	if !a.vouched(user.Issuer) {
		return user, false
	}
	if len(a.People.Admin) > 0 {
		user.Admin = slices.Contains(a.People.Admin, user.Email)
	}
	return user, a.People.allows(user.Email, user.Domain)
}

// vouched tells whether an issuer is one of the providers.
func (a *Auth) vouched(issuer string) bool {
	return slices.ContainsFunc(a.Providers, func(p *oidc.Provider) bool { return p.Issuer == issuer })
}
