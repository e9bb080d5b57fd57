package client

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/dictumal/dictumal"
)

// Grant is somebody else's right to open a desktop.
type Grant struct {
	ID        string           `json:"id"`
	Email     string           `json:"email"`
	Control   dictumal.Control `json:"control"`
	CreatedAt time.Time        `json:"createdAt"`
}

// Share lets whoever signs in with an address open a desktop. With no control it is
// what the constitution allows.
func (c *Client) Share(ctx context.Context, id, email string, control dictumal.Control) (Grant, error) {
	var made Grant
	body := struct {
		Email   string           `json:"email"`
		Control dictumal.Control `json:"control,omitempty"`
	}{email, control}
	err := c.call(ctx, http.MethodPost, grants(id), body, &made)
	return made, err
}

// Grants lists who else may open a desktop.
func (c *Client) Grants(ctx context.Context, id string) ([]Grant, error) {
	var list []Grant
	err := c.call(ctx, http.MethodGet, grants(id), nil, &list)
	return list, err
}

// Unshare takes back what an address was given.
func (c *Client) Unshare(ctx context.Context, id, email string) error {
	list, err := c.Grants(ctx, id)
	if err != nil {
		return err
	}
	for _, g := range list {
		if strings.EqualFold(g.Email, email) {
			return c.call(ctx, http.MethodDelete, grants(id)+"/"+url.PathEscape(g.ID), nil, nil)
		}
	}
	return fmt.Errorf("this desktop is not shared with %s; see with whom it is: dictumal grants %s", email, id)
}

// Private

func grants(id string) string { return "/api/deployments/" + url.PathEscape(id) + "/grants" }
