package client

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/dictumal/dictumal"
)

// Person is a user as administrators see them.
type Person struct {
	ID        string     `json:"id"`
	Email     string     `json:"email"`
	Name      string     `json:"name"`
	Provider  string     `json:"provider"`
	Admin     bool       `json:"admin"`
	Standing  string     `json:"standing"`
	BlockedAt *time.Time `json:"blockedAt"`
	CreatedAt time.Time  `json:"createdAt"`
	SeenAt    *time.Time `json:"seenAt"`
	Desktops  int        `json:"desktops"`
	Sessions  int        `json:"sessions"`
	Tokens    int        `json:"tokens"`
}

// People lists all users, newest first.
func (c *Client) People(ctx context.Context) ([]Person, error) { return c.people(ctx, "") }

// Person returns the one user with an e-mail, or with an id.
func (c *Client) Person(ctx context.Context, who string) (Person, error) {
	all, err := c.people(ctx, who)
	if err != nil {
		return Person{}, err
	}
	var found []Person
	for _, p := range all {
		if p.ID == who {
			return p, nil
		}
		if strings.EqualFold(p.Email, who) {
			found = append(found, p)
		}
	}
	switch len(found) {
	case 0:
		return Person{}, dictumal.NewError(dictumal.CodeNotFound, "Nobody has signed in as "+who+"; see who has: dictumal people list")
	case 1:
		return found[0], nil
	}
	return Person{}, dictumal.NewError(dictumal.CodeConflict,
		"Several people sign in as "+who+", by different providers; name each by its id, as people list shows it.")
}

// Block keeps a user out, and ends what they have open.
func (c *Client) Block(ctx context.Context, id string) (Person, error) {
	return c.stand(ctx, id, "block")
}

// Unblock lets a user in again.
func (c *Client) Unblock(ctx context.Context, id string) (Person, error) {
	return c.stand(ctx, id, "unblock")
}

// SignOutOf ends all sessions of a user, and returns how many there were.
func (c *Client) SignOutOf(ctx context.Context, id string) (int, error) {
	var out struct {
		Ended int `json:"ended"`
	}
	err := c.call(ctx, http.MethodDelete, "/api/people/"+url.PathEscape(id)+"/sessions", nil, &out)
	return out.Ended, err
}

// Private

func (c *Client) people(ctx context.Context, who string) (all []Person, err error) {
	query := url.Values{"who": {who}, "limit": {"200"}}
	for {
		var page []Person
		if err := c.call(ctx, http.MethodGet, "/api/people?"+query.Encode(), nil, &page); err != nil || len(page) == 0 {
			return all, err
		}
		all = append(all, page...)
		query.Set("after", page[len(page)-1].ID)
	}
}

func (c *Client) stand(ctx context.Context, id, how string) (p Person, err error) {
	err = c.call(ctx, http.MethodPost, "/api/people/"+url.PathEscape(id)+"/"+how, nil, &p)
	return p, err
}
