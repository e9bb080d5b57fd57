package digitalocean

import (
	"context"
	"net/http"
	"time"
)

// maxAnswer is the most bytes that are read of an answer; a page of 200 droplets
// has about 1 MB.
const maxAnswer = 16 << 20

// gate is what every call passes on its way out. What it holds back it refuses with
// a [*dictumal.Refusal], and has not sent.
type gate struct {
	base    http.RoundTripper
	broken  error // why no call can be sent at all
	observe func(Call)
	born    time.Time

	pause       pause
	circuit     circuit
	budget      budget
	common      *common
	credentials credentials
}

// RoundTrip sends a call once its turn has come.
func (g *gate) RoundTrip(request *http.Request) (*http.Response, error) {
	call := g.passage(request)
	if err := g.admit(request.Context(), call); err != nil {
		if request.Body != nil {
			_ = request.Body.Close()
		}
		call.tell(Withheld)
		return nil, err
	}
	response, err := g.base.RoundTrip(request)
	if err != nil {
		call.fail(err)
		return nil, err
	}
	call.head(request.Context(), response)
	return response, nil
}

// Private

// admit lets a call out, or says why not. What holds many back is asked for before
// the wait, which would be in vain, and after it.
func (g *gate) admit(ctx context.Context, p *passage) error {
	if err := g.refusal(); err != nil {
		return err
	}
	if err := g.circuit.refusal(p.call.Class); err != nil {
		return err
	}
	last := patienceOf(ctx, p.call.Class, time.Now())
	if err := g.budget.take(ctx, p.call.Class); err != nil {
		return err
	}
	if err := g.share(ctx, p.call.Class, last); err != nil {
		g.budget.giveBack()
		return err
	}
	if err := g.refusal(); err != nil {
		return err
	}
	var err error
	p.trial, err = g.circuit.enter(p.call.Class)
	return err
}

// share has a call counted among those of all replicas.
func (g *gate) share(ctx context.Context, class Class, last time.Time) error {
	pause, err := g.common.take(ctx, class, last)
	if err != nil || pause <= 0 {
		return err
	}
	g.pause.hold(pause)
	return refusalRate(pause)
}

// refusal is what every call gets for now; nil where they may go.
func (g *gate) refusal() error {
	if g.broken != nil {
		return refusalAddress(g.broken)
	}
	return g.pause.refusal()
}
