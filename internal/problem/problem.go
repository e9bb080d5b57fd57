// Package problem writes errors as answers: a page where a person asks, problem
// details (RFC 9457) where a program does, and a line in the log where people must
// not see the cause.
package problem

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/dictumal/dictumal"
)

// Problem is an error as RFC 9457 writes it. Detail is the sentence for people.
type Problem struct { //nolint:errname // the word of RFC 9457
	Type   string           `json:"type"`
	Title  string           `json:"title"`
	Status int              `json:"status"`
	Detail string           `json:"detail"`
	Code   dictumal.Code    `json:"code"`
	Errors []dictumal.Fault `json:"errors,omitempty"`

	retry time.Duration
}

// New puts an error into the form that programs read.
func New(err error) *Problem {
	code := dictumal.ErrorCode(err)
	p := &Problem{Type: "about:blank", Status: Status(code), Code: code, Detail: dictumal.ErrorMessage(err)}
	p.Title = http.StatusText(p.Status)
	if e, ok := errors.AsType[*dictumal.Error](err); ok {
		p.Errors, p.retry = e.Faults, e.Retry
	}
	return p
}

// Status is the HTTP status of a code.
func Status(code dictumal.Code) int {
	switch code {
	case dictumal.CodeMalformed:
		return http.StatusBadRequest
	case dictumal.CodeUnauthorized:
		return http.StatusUnauthorized
	case dictumal.CodeForbidden:
		return http.StatusForbidden
	case dictumal.CodeNotFound:
		return http.StatusNotFound
	case dictumal.CodeConflict:
		return http.StatusConflict
	case dictumal.CodeStale:
		return http.StatusPreconditionFailed
	case dictumal.CodeInvalid:
		return http.StatusUnprocessableEntity
	case dictumal.CodeTooMany:
		return http.StatusTooManyRequests
	case dictumal.CodeUnavailable:
		return http.StatusServiceUnavailable
	case dictumal.CodeInternal:
	}
	return http.StatusInternalServerError
}

// Error is the detail.
func (p *Problem) Error() string { return p.Detail }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is that of a problem.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders is what goes with the problem: when to come back, in whole seconds.
func (p *Problem) GetHeaders() http.Header {
	headers := http.Header{}
	if p.retry > 0 {
		headers.Set("Retry-After", strconv.Itoa(int(math.Ceil(p.retry.Seconds()))))
	}
	return headers
}

// Answerer answers requests with errors.
type Answerer struct {
	// Page shows an error to a person; nil: everyone gets problem details.
	Page func(w http.ResponseWriter, r *http.Request, err error)
	Log  *slog.Logger
}

// Answer answers a request with an error.
func (a *Answerer) Answer(w http.ResponseWriter, r *http.Request, err error) {
	a.Note(r.Context(), err)
	p := New(err)
	w.Header().Set("Cache-Control", "no-store")
	maps.Copy(w.Header(), p.GetHeaders())
	if a.Page != nil && wantsPage(r) {
		a.Page(w, r, err)
		return
	}
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	if err := json.NewEncoder(w).Encode(p); err != nil {
		a.Log.DebugContext(r.Context(), "An answer was not delivered.", "error", err)
	}
}

// Note logs an error that is the server's own, the only place that does.
func (a *Answerer) Note(ctx context.Context, err error) {
	if Status(dictumal.ErrorCode(err)) >= http.StatusInternalServerError && !errors.Is(err, context.Canceled) {
		a.Log.ErrorContext(ctx, "A request has failed.", "error", err)
	}
}

// Private

func wantsPage(r *http.Request) bool { return strings.Contains(r.Header.Get("Accept"), "text/html") }
