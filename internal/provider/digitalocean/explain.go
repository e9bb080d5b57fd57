package digitalocean

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"time"

	"github.com/digitalocean/godo"

	"github.com/dictumal/dictumal"
)

// askAgain is when a cloud that does not answer is asked again.
const askAgain = 5 * time.Second

// Private

// explain makes a refusal of whatever came instead of what a call was to bring.
// It is for calls after which no machine is other than before.
func (p *Provider) explain(attempt, scope string, err error) error {
	err = p.doubt(attempt, scope, err)
	if _, refused := errors.AsType[*dictumal.Refusal](err); err == nil || refused || errors.Is(err, context.Canceled) {
		return err
	}
	return refusalDown(err)
}

// doubt makes a refusal of DigitalOcean's clear no. After any other error nobody
// knows what has become of the machine.
func (p *Provider) doubt(attempt, scope string, err error) error {
	if err == nil {
		return nil
	}
	if refusal, ok := errors.AsType[*dictumal.Refusal](err); ok {
		return refusal // the gate's: it was not sent
	}
	if said, ok := errors.AsType[*godo.ErrorResponse](err); ok {
		no := p.answer(said)
		if no.clear() {
			return p.refuse(attempt, scope, no)
		}
		err = no
	}
	err = fmt.Errorf("%s: %w", attempt, err)
	dial, ok := errors.AsType[*net.OpError](err)
	if ok && dial.Op == "dial" && !errors.Is(err, context.Canceled) {
		return refusalDown(err) // nothing was sent
	}
	return err
}

// clear tells whether the answer says that nothing was done. A droplet that is
// busy may be so with what it is asked for.
func (a *answer) clear() bool {
	return a.status < http.StatusInternalServerError && a.status != http.StatusRequestTimeout && !a.says("pending event")
}

func (p *Provider) refuse(attempt, scope string, no *answer) error {
	switch {
	case no.status == http.StatusTooManyRequests:
		if err := p.gate.refusal(); err != nil {
			return err
		}
		return refusalRate(minPause)
	case no.status == http.StatusUnauthorized:
		return refusalToken(no)
	case no.says("account") && no.says("locked", "warning", "suspended", "billing", "payment", "verif"):
		return refusalAccount("locked", no.words, no)
	case no.status == http.StatusForbidden:
		return refusalScope(attempt, namedScope(no.words, scope), no)
	}
	return refusalOther(attempt, no)
}

// namedScope is the scope that an answer names, or else the one that the call is
// known to need.
func namedScope(words, needed string) string {
	if named := regexp.MustCompile(`\b[a-z_]+:(create|read|update|delete|admin)\b`).FindString(words); named != "" {
		return named
	}
	return needed
}

// cause tells in a word why there is no answer.
func cause(err error) string {
	if no, ok := errors.AsType[*answer](err); ok {
		return fmt.Sprint(no.status)
	}
	if errors.Is(err, errPart) {
		return "its list is not whole"
	}
	if errors.Is(err, errEmpty) {
		return "its answer is empty"
	}
	if late, ok := errors.AsType[net.Error](err); ok && late.Timeout() || errors.Is(err, context.DeadlineExceeded) {
		return "it takes too long"
	}
	if dial, ok := errors.AsType[*net.OpError](err); ok && dial.Op == "dial" {
		return "it cannot be reached"
	}
	if _, ok := errors.AsType[*json.SyntaxError](err); ok {
		return "its answer cannot be read"
	}
	return "the connection was lost"
}
