package digitalocean

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/digitalocean/godo"

	"github.com/dictumal/dictumal"
)

// maxUserData is DigitalOcean's limit in bytes.
const maxUserData = 64 << 10

// errEmpty is of a call that went well, says the answer, without saying for what.
var errEmpty = errors.New("the answer does not hold what was asked for")

// Create orders a machine. What can be known to be wrong is found before, and
// what it needs is made; the order itself is sent once.
func (p *Provider) Create(ctx context.Context, spec dictumal.MachineSpec) (dictumal.Machine, error) {
	order, err := p.order(ctx, spec)
	if err == nil {
		err = timely(ctx)
	}
	if err != nil {
		return dictumal.Machine{}, err
	}
	droplet, _, err := p.client.Droplets.Create(ctx, order)
	if err == nil && (droplet == nil || droplet.ID < 1) {
		err = errEmpty
	}
	if err != nil {
		err = p.refuseOrder(ctx, order, p.doubt("order the machine", "droplet:create", err))
		p.note(dictumal.Machine{Name: spec.Name}, settled, err)
		return dictumal.Machine{}, err
	}
	made := machine(droplet)
	p.roster.changed(made, settled)
	return made, nil
}

// Private

func (p *Provider) order(ctx context.Context, spec dictumal.MachineSpec) (*godo.DropletCreateRequest, error) {
	if err := ended(ctx); err != nil {
		return nil, err
	}
	if len(spec.UserData) > maxUserData {
		return nil, refusalUserData(len(spec.UserData))
	}
	if p.gate.circuit.due() { // an order is not what tries whether there are answers again
		if _, err := p.readPayer(ctx); err != nil {
			return nil, err
		}
	}
	size, err := p.choose(ctx, spec.Region, spec.Size)
	if err != nil {
		return nil, err
	}
	image, err := p.image(ctx, spec.Region, size)
	if err != nil {
		return nil, err
	}
	keys, err := p.keys.get(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := p.wall.get(ctx); err != nil {
		return nil, err
	}
	return &godo.DropletCreateRequest{
		Name: spec.Name, Region: spec.Region, Size: spec.Size, Image: image,
		SSHKeys:          keys,
		UserData:         spec.UserData,
		Tags:             []string{p.mark()},
		WithDropletAgent: new(false), // it would hold apt's lock during the first boot
	}, nil
}

// timely refuses an order that would be cut short, and then be looked for: what
// it waited for is known now, so that the next one begins earlier.
func timely(ctx context.Context) error {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < orderTime {
		return refusalDown(context.DeadlineExceeded)
	}
	return ended(ctx)
}

// refuseOrder finds the sentence for an order that was refused.
func (p *Provider) refuseOrder(ctx context.Context, order *godo.DropletCreateRequest, err error) error {
	no, ok := errors.AsType[*answer](err)
	if _, refused := errors.AsType[*dictumal.Refusal](err); !ok || !refused {
		return err
	}
	switch {
	case no.status == http.StatusUnauthorized || no.status == http.StatusTooManyRequests:
		return err
	case no.says("droplet limit"):
		return refusalQuota(no)
	case no.says("image") && no.says("available", "invalid", "not found"):
		return refusalImage(slugOf(order.Image), order.Region, no)
	case no.says("size") && no.says("available", "invalid"):
		return refusalSize(order.Size, order.Region, no)
	case no.says("region") && no.says("available", "invalid"):
		return refusalRegion(order.Region, no)
	case no.says("key") && no.says("invalid", "not found"):
		p.keys.forget()
		return p.refusalKeys(no)
	}
	return p.askAccount(ctx, err)
}

// askAccount finds out whether an order was refused for something that has
// nothing to do with it.
func (p *Provider) askAccount(ctx context.Context, refused error) error {
	account, _, err := p.client.Account.Get(ctx)
	if err != nil || account == nil || !slices.Contains([]string{"locked", "warning"}, account.Status) {
		return refused // which says more than that the account cannot be asked
	}
	return refusalAccount(account.Status, printable(p.hide(account.StatusMessage)), refused)
}

func slugOf(image godo.DropletCreateImage) string {
	if image.Slug != "" {
		return image.Slug
	}
	return fmt.Sprint(image.ID)
}

// says tells whether an error has one of these words.
func says(err error, words ...string) bool {
	if err == nil {
		return false
	}
	text := strings.ToLower(err.Error())
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(text, word) })
}
