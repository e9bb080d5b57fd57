package oidc

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"unicode"

	"golang.org/x/oauth2"

	"github.com/dictumal/dictumal"
)

// Identity is who came back. Issuer and subject say who it is, and nothing else
// does: an e-mail may pass to somebody else.
type Identity struct {
	Issuer  string
	Subject string
	Email   string // verified, in lower case
	Name    string
	// Domain is true where the provider speaks for everybody at the e-mail's domain,
	// and not only for who could once read mail there.
	Domain bool
}

// Private

// claims is what a provider says of a person.
type claims struct {
	Subject       string `json:"sub"`
	Party         string `json:"azp"`
	Email         string `json:"email"`
	EmailVerified any    `json:"email_verified"`
	Name          string `json:"name"`
	HostedDomain  string `json:"hd"`       // Google: the organization whose account it is
	DomainOwner   any    `json:"xms_edov"` // Entra: the e-mail's domain belongs to the organization
}

// ask gets what the token leaves out. The answer is not signed, so that it counts
// only where it speaks of the same person.
func (c *claims) ask(ctx context.Context, found *metadata, token *oauth2.Token) error {
	if found.provider.UserInfoEndpoint() == "" {
		return nil
	}
	info, err := found.provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return err
	}
	if info.Subject != c.Subject {
		return errors.New("the provider was asked about one person and has answered about another")
	}
	party := c.Party
	err = info.Claims(c)
	c.Party = party
	return err
}

// identity is the person of whom the claims speak.
func (p *Provider) identity(c claims) (Identity, error) {
	if c.Email == "" {
		return Identity{}, p.nameless()
	}
	if !c.verified(p.Issuer) {
		return Identity{}, p.unverified()
	}
	email, ok := dictumal.ParseEmail(c.Email)
	if !ok {
		return Identity{}, p.unreadable()
	}
	return Identity{
		Issuer: p.Issuer, Subject: c.Subject, Email: email, Name: displayed(c.Name, email),
		Domain: p.Issuer != Google || c.HostedDomain != "" || strings.HasSuffix(email, "@gmail.com"),
	}, nil
}

// verified tells whether the provider vouches for the e-mail. Entra never says that
// it was verified; it says whether the organization owns its domain.
func (c claims) verified(issuer string) bool {
	if host, err := url.Parse(issuer); err == nil && host.Hostname() == "login.microsoftonline.com" {
		return c.DomainOwner == true || c.DomainOwner == float64(1) || c.DomainOwner == "1"
	}
	return c.EmailVerified == true
}

// displayed is a name as it can be shown on a line.
func displayed(name, email string) string {
	name = strings.Map(func(c rune) rune {
		if !unicode.IsPrint(c) {
			return -1
		}
		return c
	}, name)
	if letters := []rune(name); len(letters) > 100 {
		name = string(letters[:100])
	}
	if name = strings.TrimSpace(name); name == "" {
		return email
	}
	return name
}
