package oidc

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/dictumal/dictumal"
)

// Private

// errorCode is what the codes of errors look like; anything else is not shown.
var errorCode = regexp.MustCompile(`^[a-z_]{1,40}$`)

// longest is how much of a cause is kept: some hold a whole page of the provider's.
const longest = 300

func (p *Provider) refusal(code dictumal.Code, cause error, format string, args ...any) error {
	if cause != nil && len(cause.Error()) > longest {
		cause = errors.New(strings.ToValidUTF8(cause.Error()[:longest], "") + "…")
	}
	return dictumal.NewError(code, fmt.Sprintf(format, args...)).Wrap(cause)
}

func (p *Provider) down(cause error) error {
	return p.refusal(dictumal.CodeUnavailable, cause, "%s does not answer at the moment, so nobody can sign in by it; try again in a minute.", p.Label)
}

func (p *Provider) misnamed(cause *oidc.IssuerMismatchError) error {
	return p.refusal(dictumal.CodeUnavailable, cause, "%s calls itself %s; whoever runs this server must set the issuer to exactly that.", p.Label, cause.Discovered)
}

// untrue is the answer to what may be an attack: what exactly was wrong stands in
// the log only.
func (p *Provider) untrue(cause error) error {
	return p.refusal(dictumal.CodeForbidden, cause, "The answer of %s does not hold, so nobody was signed in; sign in again.", p.Label)
}

// refused is why a provider gave no token for a code.
func (p *Provider) refused(cause error) error {
	if answer, ok := errors.AsType[*oauth2.RetrieveError](cause); ok && answer.ErrorCode != "" {
		return p.answered(answer.ErrorCode, cause)
	}
	return p.down(cause)
}

// answered is the sentence for the code of an error in a provider's answer.
func (p *Provider) answered(code string, cause error) error {
	switch code {
	case "access_denied", "login_required", "interaction_required", "consent_required", "account_selection_required":
		return p.refusal(dictumal.CodeForbidden, cause, "You were not signed in at %s, or have cancelled it there; sign in again.", p.Label)
	case "redirect_uri_mismatch", "invalid_redirect_uri", "invalid_request":
		return p.refusal(dictumal.CodeForbidden, cause,
			"Confirm OAuth callback URL matches the running environment: %s must know exactly %s.", p.Label, p.Callback)
	case "invalid_client", "unauthorized_client":
		return p.refusal(dictumal.CodeUnavailable, cause,
			"%s does not accept this server; whoever runs it must check its ID and secret there (docs/sign-in.md).", p.Label)
	case "invalid_grant":
		return p.untrue(cause)
	case "server_error", "temporarily_unavailable":
		return p.down(cause)
	}
	if !errorCode.MatchString(code) {
		code = "without a reason"
	}
	return p.refusal(dictumal.CodeForbidden, cause, "%s has refused the sign-in (%s); try again, or ask whoever runs this server.", p.Label, code)
}

func (p *Provider) nameless() error {
	return p.refusal(dictumal.CodeForbidden, nil, "%s does not tell the e-mail address of this account; whoever runs this server must let it have the claims email and email_verified (docs/sign-in.md).", p.Label)
}

func (p *Provider) unverified() error {
	return p.refusal(dictumal.CodeForbidden, nil, "%s has not verified the e-mail address of this account; have it verified there and sign in again.", p.Label)
}

func (p *Provider) unreadable() error {
	return p.refusal(dictumal.CodeForbidden, nil, "The e-mail address that %s gives for this account cannot be compared with a list; use one in plain letters like ada@example.org.", p.Label)
}
