package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/auth"
	"github.com/dictumal/dictumal/internal/store"
)

// Token is an API token without its secret.
type Token struct {
	ID        string           `json:"id"`
	User      string           `json:"user" doc:"E-mail of whom it stands for"`
	Name      string           `json:"name"`
	Scopes    []dictumal.Scope `json:"scopes" doc:"read, deploy (which includes read), launch, admin (which includes all)"`
	CreatedAt time.Time        `json:"createdAt"`
	ExpiresAt time.Time        `json:"expiresAt"`
	UsedAt    *time.Time       `json:"usedAt" doc:"Null: never"`
	UsedFrom  *string          `json:"usedFrom" doc:"Address of its last use"`
}

// TokenWish says what a new token should be.
type TokenWish struct {
	User    string           `json:"user,omitempty" doc:"E-mail of whom it stands for; on the server's own socket only"`
	Name    string           `json:"name,omitempty" maxLength:"100"`
	Scopes  []dictumal.Scope `json:"scopes,omitempty" doc:"At least one of read, deploy, launch and admin"`
	Expires string           `json:"expires,omitempty" doc:"Between 1d and 365d; 90d unless told"`
}

// TokenWishInput asks for a token.
type TokenWishInput struct{ Body TokenWish }

// NewToken is a token that was just made. Its secret is shown this once.
type NewToken struct {
	Secret string `json:"token"`
	Token
}

// NewTokenOutput answers with a new token.
type NewTokenOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         NewToken
}

// TokensInput says whose tokens are wanted.
type TokensInput struct {
	User string `query:"user" doc:"E-mail of whose they are; on the server's own socket only"`
}

// TokensOutput answers with tokens.
type TokensOutput struct{ Body []Token }

// TokenInput names a token.
type TokenInput struct {
	ID string `path:"id"`
}

// Private

func (a *API) tokens(described huma.API) {
	huma.Register(described, operation(http.MethodGet, "/api/tokens", "list-tokens",
		"List your API tokens, newest first; for people who have signed in", http.StatusOK, 403), a.listTokens)
	huma.Register(described, operation(http.MethodPost, "/api/tokens", "create-token",
		"Make an API token, within 15 minutes of signing in", http.StatusCreated, 400, 403, 422, 429), a.createToken)
	huma.Register(described, operation(http.MethodDelete, "/api/tokens/{id}", "revoke-token",
		"Revoke an API token, which ends what is open by it", http.StatusNoContent, 403, 404), a.revokeToken)
}

func (a *API) listTokens(ctx context.Context, in *TokensInput) (*TokensOutput, error) {
	p, err := a.principal(ctx)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	tokens, err := a.Auth.Tokens(ctx, p, in.User)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	shaped := make([]Token, 0, len(tokens))
	for _, t := range tokens {
		shaped = append(shaped, shapeToken(t))
	}
	return &TokensOutput{Body: shaped}, nil
}

func (a *API) createToken(ctx context.Context, in *TokenWishInput) (*NewTokenOutput, error) {
	p, err := a.principal(ctx)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	life, err := auth.ParseLife(in.Body.Expires)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	secret, made, err := a.Auth.CreateToken(ctx, p, auth.Wish{Email: in.Body.User, Name: in.Body.Name, Scopes: in.Body.Scopes, Life: life})
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	return &NewTokenOutput{CacheControl: "no-store", Body: NewToken{Secret: secret, Token: shapeToken(made)}}, nil
}

func (a *API) revokeToken(ctx context.Context, in *TokenInput) (*struct{}, error) {
	p, err := a.principal(ctx)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	if err := a.Auth.RevokeToken(ctx, p, in.ID); err != nil {
		return nil, a.problem(ctx, err)
	}
	return nil, nil //nolint:nilnil // no content
}

func shapeToken(t store.Token) Token {
	return Token{
		ID: t.ID, User: t.User.Email, Name: t.Name, Scopes: t.Scopes,
		CreatedAt: t.CreatedAt, ExpiresAt: t.ExpiresAt, UsedAt: present(t.UsedAt), UsedFrom: present(t.From),
	}
}
