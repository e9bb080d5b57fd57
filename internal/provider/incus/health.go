package incus

import (
	"context"
	"errors"
	"time"

	"github.com/dictumal/dictumal"
)

var _ dictumal.Reporter = (*Provider)(nil)

// Health is how the daemon is doing, as it has answered of late. It makes no call.
func (p *Provider) Health() dictumal.Health {
	contact := p.client.Contact()
	health := dictumal.Health{OK: contact.Err == nil, Since: contact.Since}
	if !health.OK {
		health.Failure = p.refusalSilent(contact.Err).Failure()
		health.Failure.Cause += " It has been so since " + contact.Since.UTC().Format("15:04:05 UTC on 2 January") +
			". Desktops that run go on; machines are neither made nor removed, and what is asked for is done later."
	}
	return health
}

// Private

// refusalSilent is of a daemon that cannot be reached, or that takes too long.
func (p *Provider) refusalSilent(err error) *dictumal.Refusal {
	if !errors.Is(err, context.DeadlineExceeded) {
		return p.refusalUnreachable(err)
	}
	return &dictumal.Refusal{
		Reason:     dictumal.ReasonProviderDown,
		Message:    "Incus takes too long to answer at " + p.client.Socket() + ".",
		NextStep:   "It is asked again all the time. If this lasts, look at `systemctl status incus`, and restart it.",
		RetryAfter: 5 * time.Second,
		Cause:      err,
	}
}
