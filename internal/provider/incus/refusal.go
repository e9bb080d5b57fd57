package incus

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"strings"
	"syscall"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/incus"
	"github.com/dictumal/dictumal/internal/incus/isolation"
)

const askSetup = "Run `dictumal doctor` to see what is missing, and `dictumal setup` as root to get it."

// explain makes the refusal of a daemon that could not be asked; any other error
// gets a few words about what was attempted.
func (p *Provider) explain(attempt string, err error) error {
	if err == nil {
		return nil
	}
	dial, ok := errors.AsType[*net.OpError](err)
	if ok && dial.Op == "dial" && !errors.Is(err, context.Canceled) && !dial.Timeout() {
		return p.refusalUnreachable(err)
	}
	return fmt.Errorf("%s: %w", attempt, err)
}

// refuse translates the answer to an order that came to nothing.
func (p *Provider) refuse(err error) error {
	answer, ok := errors.AsType[*incus.Error](err)
	switch {
	case !ok:
		return p.explain("order a machine", err)
	case incus.Conflict(err) || says(err, "already exists"):
		return fmt.Errorf("order a machine: %w", err) // there is one, whoever made it
	case says(err, "image not provided", "image not found") || says(err, "image") && says(err, "not found"):
		return p.refusalImage(err)
	case says(err, "no space left", "disk quota exceeded", "cannot allocate memory", "not enough space"):
		return refusalRoom(err)
	case says(err, "maximum number of instances", "maximum aggregate", "exceeds project limit", "instance creation allowed"):
		return refusalQuota(err)
	}
	return &dictumal.Refusal{
		Reason:   dictumal.ReasonProviderRefused,
		Message:  "Incus could not make the machine: " + sentence(answer.Message),
		NextStep: "Run `dictumal doctor`, and deploy again.",
		Cause:    err,
	}
}

// Private

func (p *Provider) refusalUnreachable(err error) *dictumal.Refusal {
	if errors.Is(err, fs.ErrPermission) {
		return p.refusalNotAllowed(err)
	}
	refusal := &dictumal.Refusal{
		Reason:   dictumal.ReasonProviderMissing,
		Message:  "Incus does not answer at " + p.client.Socket() + ".",
		NextStep: askSetup,
		Cause:    err,
	}
	if errors.Is(err, syscall.ECONNREFUSED) {
		refusal.RetryAfter = 5 * time.Second // the socket is there: the daemon is being restarted
	}
	return refusal
}

func (p *Provider) refusalNotAllowed(err error) *dictumal.Refusal {
	return &dictumal.Refusal{
		Reason:   dictumal.ReasonProviderMissing,
		Message:  "This user may not use Incus at " + p.client.Socket() + ".",
		NextStep: "Add the user to the group incus-admin, or run as root.",
		Cause:    err,
	}
}

func refusalTooOld(version string) error {
	return &dictumal.Refusal{
		Reason:   dictumal.ReasonProviderTooOld,
		Message:  fmt.Sprintf("Incus %s is too old.", version),
		NextStep: "Install Incus 6.0 or newer.",
	}
}

func (p *Provider) refusalImage(err error) error {
	return &dictumal.Refusal{
		Reason:   dictumal.ReasonImageMissing,
		Message:  fmt.Sprintf("Incus has no image %q.", p.config.Image),
		NextStep: "Build it with `dictumal image build`, and deploy again.",
		Cause:    err,
	}
}

func refusalIsolation(err error) error {
	if errors.Is(err, isolation.ErrDenied) {
		return &dictumal.Refusal{
			Reason:   dictumal.ReasonIsolationMissing,
			Message:  "Whether the wall around machines stands cannot be found out by this user, so none is made.",
			NextStep: "Give the service the capability CAP_NET_ADMIN, or run it as root.",
			Cause:    err,
		}
	}
	return &dictumal.Refusal{
		Reason:   dictumal.ReasonIsolationMissing,
		Message:  "The wall that keeps machines from each other and from this host does not stand, so none is made.",
		NextStep: askSetup,
		Cause:    err,
	}
}

func refusalRoom(err error) error {
	return &dictumal.Refusal{
		Reason:   dictumal.ReasonNoRoom,
		Message:  "This host has no room for another machine.",
		NextStep: "Destroy a machine that is not needed any more or free some disk space, and deploy again.",
		Cause:    err,
	}
}

func refusalQuota(err error) error {
	return &dictumal.Refusal{
		Reason:   dictumal.ReasonQuota,
		Message:  "The Incus project does not allow another machine.",
		NextStep: "Destroy a machine that is not needed any more, or raise the project's limits, and deploy again.",
		Cause:    err,
	}
}

func unknownSize(slug string) error {
	return &dictumal.Refusal{
		Reason:   dictumal.ReasonProviderRefused,
		Message:  fmt.Sprintf("There is no size %q.", slug),
		NextStep: "Choose one of the catalog's sizes, such as s-2vcpu-4gb.",
	}
}

func sentence(text string) string { return strings.TrimRight(text, ". \n") + "." }
