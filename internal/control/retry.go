package control

import (
	"context"
	"errors"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

// Retry orders a failed deployment anew, from the same version and of the same kind,
// and destroys the failed one. It is false where that was done before.
func (c *Control) Retry(ctx context.Context, p dictumal.Principal, id string) (made dictumal.Deployment, created bool, err error) {
	defer func() { c.tell(ctx, p, "deployment.retry", id, err) }()
	if _, _, err := c.see(ctx, p, toChange, id); err != nil {
		return dictumal.Deployment{}, false, err
	}
	order := store.Order{Key: "retry:" + id, Body: "retry", PerUser: c.PerUser, Total: c.Total}
	order.Row.Owner = p.User.ID
	row, found, err := c.Store.Ordered(ctx, order)
	if err != nil || found {
		return row.Deployment, false, wrap("retry", retryError(err))
	}
	failed, err := c.failed(ctx, p, id)
	if err != nil {
		return dictumal.Deployment{}, false, err
	}
	if order.Row, err = c.again(ctx, p, failed.Deployment); err != nil {
		return dictumal.Deployment{}, false, err
	}
	if order.Spend, err = c.spendCaps(ctx); err != nil {
		return dictumal.Deployment{}, false, err
	}
	row, created, err = c.Store.Retry(ctx, id, order)
	if _, capped := errors.AsType[*store.CapError](err); capped && failed.HasMachine() {
		return dictumal.Deployment{}, false, dictumal.NewError(dictumal.CodeConflict, dictumal.ErrorMessage(orderError(err))+
			" The machine that has failed counts until it is gone.").Wrap(err)
	}
	if err != nil {
		return dictumal.Deployment{}, false, wrap("retry", retryError(err))
	}
	if created {
		failed.Status = dictumal.Destroying
		c.Moved(dictumal.Errored, failed.Deployment)
		c.Moved("", row.Deployment)
	}
	c.Close(id)
	c.Wake()
	return row.Deployment, created, nil
}

// Private

// failed returns a deployment in ERROR.
func (c *Control) failed(ctx context.Context, p dictumal.Principal, id string) (store.Row, error) {
	row, _, err := c.row(ctx, p, toChange, id)
	if err == nil && row.Status != dictumal.Errored {
		err = retryError(store.ErrNotFailed)
	}
	return row, err
}

// again settles what takes the place of a failed deployment.
func (c *Control) again(ctx context.Context, p dictumal.Principal, failed dictumal.Deployment) (store.Row, error) {
	row, err := c.plan(ctx, p, DeployRequest{
		ConstitutionID: failed.Constitution.ID, Version: failed.Constitution.Version,
		Region: failed.Region, Size: failed.Size, Stream: failed.Stream,
	})
	if dictumal.ErrorCode(err) == dictumal.CodeNotFound {
		return store.Row{}, dictumal.NewError(dictumal.CodeConflict, "The constitution of this desktop has been deleted, so it cannot be tried again; "+
			"write it anew, and deploy that.")
	}
	return row, err
}

func retryError(err error) error {
	if errors.Is(err, store.ErrNotFailed) {
		return dictumal.NewError(dictumal.CodeConflict, "Only a desktop that has failed can be tried again; this one has not, or is being removed already.")
	}
	return orderError(err)
}
