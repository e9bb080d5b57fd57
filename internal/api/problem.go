package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/dictumal/dictumal"
)

// Problem is an error as RFC 9457 writes it. Detail is the sentence for people.
type Problem struct {
	Type   string           `json:"type"`
	Title  string           `json:"title"`
	Status int              `json:"status"`
	Detail string           `json:"detail"`
	Code   dictumal.Code    `json:"code"`
	Errors []dictumal.Fault `json:"errors,omitempty"`
}

// NewProblem puts an error into the form that clients read.
func NewProblem(err error) *Problem {
	code := dictumal.ErrorCode(err)
	p := &Problem{Type: "about:blank", Status: Status(code), Code: code, Detail: dictumal.ErrorMessage(err)}
	p.Title = http.StatusText(p.Status)
	if e, ok := errors.AsType[*dictumal.Error](err); ok {
		p.Errors = e.Faults
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

// Fail answers a request with an error. What people must not see is logged here,
// the only place that does.
func (a *API) Fail(w http.ResponseWriter, r *http.Request, err error) {
	p := a.problem(r.Context(), err)
	w.Header().Set("Content-Type", p.ContentType(""))
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	if err := json.NewEncoder(w).Encode(p); err != nil {
		a.Log.DebugContext(r.Context(), "answer not delivered", "error", err)
	}
}

// Private

func (a *API) problem(ctx context.Context, err error) *Problem {
	p := NewProblem(err)
	if p.Status >= http.StatusInternalServerError && !errors.Is(err, context.Canceled) {
		a.Log.LogAttrs(ctx, slog.LevelError, "request failed", slog.Any("error", err))
	}
	return p
}

// plain gives the errors that huma itself finds the form of all others.
func (a *API) plain(_ huma.Context, _ string, value any) (any, error) {
	model, ok := value.(*huma.ErrorModel)
	if !ok {
		return value, nil
	}
	p := &Problem{Type: "about:blank", Title: http.StatusText(model.Status), Status: model.Status, Detail: model.Detail, Code: codeOf(model.Status)}
	for _, e := range model.Errors {
		p.Errors = append(p.Errors, dictumal.Fault{Location: strings.TrimPrefix(e.Location, "body."), Message: e.Message})
	}
	if model.Status == http.StatusBadRequest {
		p.Detail = "The request is not readable as JSON; check the body and send it again."
	}
	return p, nil
}

func codeOf(status int) dictumal.Code {
	switch {
	case status == http.StatusUnprocessableEntity:
		return dictumal.CodeInvalid
	case status < http.StatusInternalServerError:
		return dictumal.CodeMalformed
	}
	return dictumal.CodeInternal
}
