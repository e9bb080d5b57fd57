package main

import (
	"strings"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/client"
)

type signInCommand struct{}

// Run prints a link that signs in, once.
func (signInCommand) Run(w *world) error {
	server, err := w.client()
	if err != nil {
		return err
	}
	link, err := server.SignInLink(w.ctx)
	if err != nil {
		return err
	}
	return w.answer(struct {
		URL string `json:"url"`
	}{link}, func() { w.say("%s", link) })
}

type tokenCommand struct {
	Create createTokenCommand `cmd:"" help:"Print a new token, which is shown this once."`
	List   listTokensCommand  `cmd:"" help:"List the tokens: what each may do, when it ends, and when it was last used."`
	Revoke revokeTokenCommand `cmd:"" help:"End a token, and what is open by it."`
}

type createTokenCommand struct {
	User    string           `placeholder:"EMAIL" help:"The user whom the token stands for; the local user without it."`
	Name    string           `default:"command line" help:"What the token is for."`
	Scope   []dictumal.Scope `default:"admin" help:"What it may do: read, deploy (includes read), launch or admin (all that its user may). Can be given several times."`
	Expires string           `default:"90d" help:"How long it is good for: 1d to 365d."`
}

// Run prints the token alone, so that it can go straight into a variable.
func (c createTokenCommand) Run(w *world) error {
	server, err := w.client()
	if err != nil {
		return err
	}
	token, err := server.CreateToken(w.ctx, client.TokenOrder{User: c.User, Name: c.Name, Scopes: c.Scope, Expires: c.Expires})
	if err != nil {
		return err
	}
	return w.answer(struct {
		Token string `json:"token"`
	}{token}, func() { w.say("%s", token) })
}

type listTokensCommand struct {
	User string `placeholder:"EMAIL" help:"The user whose tokens are wanted; everybody's without it."`
}

// Run prints a line for each token.
func (c listTokensCommand) Run(w *world) error {
	server, err := w.client()
	if err != nil {
		return err
	}
	tokens, err := server.Tokens(w.ctx, c.User)
	if err != nil {
		return err
	}
	return w.answer(tokens, func() {
		if len(tokens) == 0 {
			w.say("There are no tokens. Make one with: dictumal token create")
		}
		for _, t := range tokens {
			w.say("%s", tokenLine(t))
		}
	})
}

type revokeTokenCommand struct {
	ID string `arg:"" help:"As token list shows it."`
}

// Run ends a token.
func (c revokeTokenCommand) Run(w *world) error {
	server, err := w.client()
	if err != nil {
		return err
	}
	if err := server.RevokeToken(w.ctx, c.ID); err != nil {
		return err
	}
	return w.answer(struct {
		ID string `json:"id"`
	}{c.ID}, func() { w.say("%s  revoked", c.ID) })
}

// tokenLine says of a token what its owner asks first.
func tokenLine(t client.Token) string {
	used := "never used"
	if t.UsedAt != nil {
		used = "used " + t.UsedAt.UTC().Format(time.DateTime) + " UTC"
		if t.UsedFrom != nil {
			used += " from " + *t.UsedFrom
		}
	}
	scopes := make([]string, len(t.Scopes))
	for i, scope := range t.Scopes {
		scopes[i] = string(scope)
	}
	return strings.Join([]string{t.ID, t.User, t.Name, strings.Join(scopes, ","), "until " + t.ExpiresAt.UTC().Format(time.DateOnly), used}, "  ")
}
