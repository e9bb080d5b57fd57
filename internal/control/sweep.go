package control

import (
	"context"
	"time"

	"github.com/dictumal/dictumal"
)

// Unowned is a machine that the provider lists and no deployment owns.
type Unowned struct {
	Name  string    `json:"name"`
	ID    string    `json:"id"`
	Since time.Time `json:"since"` // when it was first seen to be so
	// Kept says that it is left alone until somebody confirms: it is newer than
	// every deployment was, as after a restored backup, and may be somebody's.
	Kept bool `json:"kept"`
}

// Unowned lists the machines that no deployment owns, for admins.
func (c *Control) Unowned(ctx context.Context, p dictumal.Principal) ([]Unowned, error) {
	if err := p.Administers(); err != nil {
		return nil, err
	}
	confirmed, err := c.Store.SweepConfirmed(ctx)
	if err != nil {
		return nil, wrap("read what is confirmed", err)
	}
	seen, err := c.Store.Unowned(ctx)
	list := make([]Unowned, 0, len(seen))
	for _, u := range seen {
		list = append(list, Unowned{u.Name, u.ID, u.Since, u.Newer && u.Name > confirmed})
	}
	return list, wrap("list machines without an owner", err)
}

// ConfirmSweep lets the sweeper remove what is listed without an owner now, and
// returns it. What comes later has to be confirmed anew.
func (c *Control) ConfirmSweep(ctx context.Context, p dictumal.Principal) (list []Unowned, err error) {
	defer func() { c.tell(ctx, p, "machines.confirm-sweep", "", err) }()
	list, err = c.Unowned(ctx, p)
	if err != nil || len(list) == 0 {
		return list, err
	}
	err = c.Store.ConfirmSweep(ctx, list[len(list)-1].Name)
	return list, wrap("confirm the sweep", err)
}
