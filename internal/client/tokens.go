package client

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/dictumal/dictumal"
)

// TokenOrder says what a new token should be. What is left out the server fills in.
type TokenOrder struct {
	User    string           `json:"user,omitempty"` // e-mail; empty: whoever asks
	Name    string           `json:"name,omitempty"`
	Scopes  []dictumal.Scope `json:"scopes,omitempty"`
	Expires string           `json:"expires,omitempty"` // such as "90d"
}

// Token is an API token without its secret.
type Token struct {
	ID        string           `json:"id"`
	User      string           `json:"user"`
	Name      string           `json:"name"`
	Scopes    []dictumal.Scope `json:"scopes"`
	CreatedAt time.Time        `json:"createdAt"`
	ExpiresAt time.Time        `json:"expiresAt"`
	UsedAt    *time.Time       `json:"usedAt"`
	UsedFrom  *string          `json:"usedFrom"`
}

// CreateToken makes an API token and returns its secret, which is told this once.
func (c *Client) CreateToken(ctx context.Context, order TokenOrder) (string, error) {
	var made struct {
		Secret string `json:"token"`
	}
	err := c.call(ctx, http.MethodPost, "/api/tokens", order, &made)
	return made.Secret, err
}

// Tokens lists the tokens of a user, or of all where none is given, newest first.
func (c *Client) Tokens(ctx context.Context, user string) (list []Token, err error) {
	err = c.call(ctx, http.MethodGet, "/api/tokens?"+url.Values{"user": {user}}.Encode(), nil, &list)
	return list, err
}

// RevokeToken ends a token, and what is open by it.
func (c *Client) RevokeToken(ctx context.Context, id string) error {
	return c.call(ctx, http.MethodDelete, "/api/tokens/"+url.PathEscape(id), nil, nil)
}
