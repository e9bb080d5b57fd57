package control

import (
	"context"
	"errors"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/bootstrap"
	"github.com/dictumal/dictumal/internal/constitution"
	"github.com/dictumal/dictumal/internal/store"
)

// Constitutions returns the newest version of each of the principal's constitutions,
// the last changed first.
func (c *Control) Constitutions(ctx context.Context, p dictumal.Principal) ([]dictumal.Constitution, error) {
	if err := allow(p, dictumal.ScopeRead); err != nil {
		return nil, err
	}
	all, err := c.Store.Constitutions(ctx, p.User.ID)
	return all, wrap("list constitutions", err)
}

// Constitution returns a version of a constitution; version 0 is the newest.
// ErrNotFound where it does not exist, is deleted, or is someone else's; admins may
// read someone else's version while it governs a deployment.
func (c *Control) Constitution(ctx context.Context, p dictumal.Principal, id string, version int) (dictumal.Constitution, error) {
	if err := allow(p, dictumal.ScopeRead); err != nil {
		return dictumal.Constitution{}, err
	}
	found, err := c.Store.Constitution(ctx, id, version)
	if err != nil {
		return dictumal.Constitution{}, missing(err)
	}
	if err := c.readable(ctx, p, found); err != nil {
		return dictumal.Constitution{}, err
	}
	hidden, err := c.Store.Hidden(ctx, id)
	if err != nil || hidden {
		return dictumal.Constitution{}, wrap("read constitution", errors.Join(err, hiddenError(hidden)))
	}
	return found, nil
}

// Deployable returns a version of a constitution that the principal may deploy; version
// 0 is the newest.
func (c *Control) Deployable(ctx context.Context, p dictumal.Principal, id string, version int) (dictumal.Constitution, error) {
	return c.own(ctx, p, dictumal.ScopeDeploy, id, version)
}

// Versions returns all versions of a constitution, newest first.
func (c *Control) Versions(ctx context.Context, p dictumal.Principal, id string) ([]dictumal.Constitution, error) {
	if _, err := c.own(ctx, p, dictumal.ScopeRead, id, 0); err != nil {
		return nil, err
	}
	all, err := c.Store.Versions(ctx, id)
	return all, wrap("list versions", err)
}

// CreateConstitution keeps a document as the first version of a new constitution.
func (c *Control) CreateConstitution(ctx context.Context, p dictumal.Principal, document string) (made dictumal.Constitution, err error) {
	defer func() { c.tell(ctx, p, "constitution.create", made.ID, err) }()
	if err := allow(p, dictumal.ScopeDeploy); err != nil {
		return dictumal.Constitution{}, err
	}
	if made, err = check(document); err != nil {
		return dictumal.Constitution{}, err
	}
	made.ID, made.Owner, made.Version, made.CreatedAt = newID(), p.User.ID, 1, now()
	return made, wrap("create constitution", c.Store.AddConstitution(ctx, made))
}

// UpdateConstitution keeps a document as the next version, provided that the newest
// still has the hash that the writer had read; an empty hash is no condition. A
// document that has not changed makes no version.
func (c *Control) UpdateConstitution(ctx context.Context, p dictumal.Principal, id, document, readHash string) (made dictumal.Constitution, err error) {
	defer func() { c.tell(ctx, p, "constitution.update", id, err) }()
	newest, err := c.own(ctx, p, dictumal.ScopeDeploy, id, 0)
	if err != nil {
		return dictumal.Constitution{}, err
	}
	if made, err = check(document); err != nil {
		return dictumal.Constitution{}, err
	}
	if made.Hash == newest.Hash && (readHash == "" || readHash == newest.Hash) {
		return newest, nil
	}
	made.ID, made.Owner, made.CreatedAt = id, p.User.ID, now()
	made.Version, err = c.Store.AddVersion(ctx, made, readHash)
	if errors.Is(err, store.ErrStale) {
		return dictumal.Constitution{}, dictumal.NewError(dictumal.CodeStale,
			"Someone has saved another version since you read this one; read it, then save again.")
	}
	return made, wrap("update constitution", err)
}

// DeleteConstitution takes a constitution out of the list; its deployments keep their version.
func (c *Control) DeleteConstitution(ctx context.Context, p dictumal.Principal, id string) (err error) {
	defer func() { c.tell(ctx, p, "constitution.delete", id, err) }()
	if _, err := c.own(ctx, p, dictumal.ScopeDeploy, id, 0); err != nil {
		return err
	}
	return wrap("delete constitution", c.Store.Hide(ctx, id))
}

// CheckConstitution reads a document as it would be kept, and keeps nothing.
func (c *Control) CheckConstitution(p dictumal.Principal, document string) (dictumal.Constitution, error) {
	if err := allow(p, dictumal.ScopeRead); err != nil {
		return dictumal.Constitution{}, err
	}
	return check(document)
}

// Private

// own returns a version of a constitution that is the principal's own; 0 is the newest.
func (c *Control) own(ctx context.Context, p dictumal.Principal, scope dictumal.Scope, id string, version int) (dictumal.Constitution, error) {
	if err := allow(p, scope); err != nil {
		return dictumal.Constitution{}, err
	}
	found, err := c.Constitution(ctx, p, id, version)
	if err == nil && !p.Owns(found.Owner) {
		err = refuse(admin)
	}
	return found, err
}

func check(document string) (dictumal.Constitution, error) {
	checked, err := constitution.Parse(document)
	if err != nil {
		return dictumal.Constitution{}, err
	}
	return checked, bootstrap.Check(bootstrap.Input{Policy: checked.Policy, Document: checked.Document})
}

func hiddenError(hidden bool) error {
	if hidden {
		return dictumal.ErrNotFound
	}
	return nil
}
