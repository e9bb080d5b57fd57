package oidc

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/url"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// skew is how far the clocks of provider and server may be apart.
const skew = time.Minute

// Finish finds out who came back with these parameters in the address. Its errors
// are refusals with a sentence each.
func (p *Provider) Finish(ctx context.Context, attempt Attempt, query url.Values) (Identity, error) {
	found, err := p.discover(ctx)
	if err != nil {
		return Identity{}, err
	}
	code, err := p.code(found, query)
	if err != nil {
		return Identity{}, err
	}
	ctx = oidc.ClientContext(ctx, p.Client)
	token, err := found.client.Exchange(ctx, code, oauth2.VerifierOption(attempt.Verifier))
	if err != nil {
		return Identity{}, p.refused(err)
	}
	claims, err := p.verify(ctx, found, token, attempt.Nonce)
	if err != nil {
		return Identity{}, p.untrue(err)
	}
	if claims.Email == "" { // many give it to who asks for it only
		if err := claims.ask(ctx, found, token); err != nil {
			return Identity{}, p.untrue(err)
		}
	}
	return p.identity(claims)
}

// Private

// code is what the browser brought back, by this provider and not by another.
func (p *Provider) code(found *metadata, query url.Values) (string, error) {
	if by := query["iss"]; len(by) > 1 || len(by) == 1 && by[0] != p.Issuer || len(by) == 0 && found.namesItself {
		return "", p.untrue(errors.New("the answer is by another issuer"))
	}
	if reason := query.Get("error"); reason != "" {
		return "", p.answered(reason, nil)
	}
	code := query["code"]
	if len(code) != 1 || code[0] == "" {
		return "", p.untrue(errors.New("the answer holds no code, or several"))
	}
	return code[0], nil
}

// verify reads the token that the provider has signed.
func (p *Provider) verify(ctx context.Context, found *metadata, token *oauth2.Token, nonce string) (claims, error) {
	raw, _ := token.Extra("id_token").(string)
	signed, err := found.verifier.Verify(ctx, raw)
	if err != nil {
		return claims{}, err
	}
	var says claims
	if err := signed.Claims(&says); err != nil {
		return claims{}, err
	}
	switch {
	case subtle.ConstantTimeCompare([]byte(signed.Nonce), []byte(nonce)) != 1:
		return claims{}, errors.New("the token was made for another sign-in")
	case says.Party != "" && says.Party != p.ID, says.Party == "" && len(signed.Audience) > 1:
		return claims{}, errors.New("the token was made for another client")
	case signed.IssuedAt.After(p.Now().Add(skew)):
		return claims{}, errors.New("the token comes from the future")
	case says.Subject == "" || len(says.Subject) > 255:
		return claims{}, errors.New("the token names nobody")
	}
	if signed.AccessTokenHash != "" {
		err = signed.VerifyAccessToken(token.AccessToken)
	}
	return says, err
}

// lately is what the clock shows of a provider that is as late as may be.
func (p *Provider) lately() time.Time { return p.Now().Add(-skew) }
