package digitalocean

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"
)

// passage is one call from the gate to the end of its answer.
type passage struct {
	gate    *gate
	request *http.Request
	call    Call
	begun   time.Time
	trial   bool // it tries whether DigitalOcean answers again
	status  int
	once    sync.Once
}

func (g *gate) passage(request *http.Request) *passage {
	return &passage{
		gate: g, request: request, begun: time.Now(),
		call: Call{Kind: kindOf(request), Class: classOf(request), Remaining: -1},
	}
}

// head takes over what the head of an answer says, and ends the call with its body.
func (p *passage) head(ctx context.Context, response *http.Response) {
	p.status = response.StatusCode
	p.call.Remaining = remainingOf(response.Header)
	p.gate.budget.learn(response.Header)
	p.gate.credentials.note(p.status)
	if p.status == http.StatusTooManyRequests {
		p.gate.common.pause(ctx, p.gate.pause.begin(response.Header))
	}
	response.Body = &body{from: io.LimitReader(response.Body, maxAnswer), Closer: response.Body, passage: p}
}

// read ends a call whose answer was read, or as much of it as anybody wanted.
func (p *passage) read() {
	p.once.Do(func() {
		if p.status >= http.StatusInternalServerError {
			p.gate.circuit.leave(p.trial, fails, &answer{status: p.status, words: http.StatusText(p.status)})
		} else {
			p.gate.circuit.leave(p.trial, answers, nil)
		}
		p.tell(outcomeOf(p.status))
	})
}

// fail ends a call that has no answer, or not all of it. Where whoever called has
// not waited for one, that says nothing of DigitalOcean.
func (p *passage) fail(err error) {
	p.once.Do(func() {
		said := fails
		if errors.Is(p.request.Context().Err(), context.Canceled) {
			said = unknown
		}
		p.gate.circuit.leave(p.trial, said, err)
		p.tell(Failed)
	})
}

func (p *passage) tell(outcome Outcome) {
	if p.gate.observe != nil {
		p.call.Outcome, p.call.Duration = outcome, time.Since(p.begun)
		p.gate.observe(p.call)
	}
}

// body is an answer's, of bounded length, whose end is the call's.
type body struct {
	from io.Reader
	io.Closer
	passage *passage
}

// Read ends the call where there is no more to come.
func (b *body) Read(p []byte) (int, error) {
	n, err := b.from.Read(p)
	if errors.Is(err, io.EOF) {
		b.passage.read()
	} else if err != nil {
		b.passage.fail(err)
	}
	return n, err
}

// Close ends the call where nobody wants the rest.
func (b *body) Close() error {
	b.passage.read()
	return b.Closer.Close()
}
