package client

import (
	"context"
	"net/http"
)

// Keys is how things stand with the keys that seal secrets, the newest one first.
type Keys struct {
	Keys []Key `json:"keys"`
}

// Key is one of them, and how many values it has sealed.
type Key struct {
	ID       string `json:"id"`
	Standing string `json:"standing"` // newest, former or missing
	Values   int    `json:"values"`
}

// Keys asks how things stand with the keys.
func (c *Client) Keys(ctx context.Context) (Keys, error) {
	var keys Keys
	err := c.call(ctx, http.MethodGet, "/api/keys", nil, &keys)
	return keys, err
}

// RotateKeys has a new key be made, and everything be sealed anew with it.
func (c *Client) RotateKeys(ctx context.Context) (Keys, error) {
	var keys Keys
	err := c.call(ctx, http.MethodPost, "/api/keys/rotate", nil, &keys)
	return keys, err
}
