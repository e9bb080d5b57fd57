package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/problem"
)

// Private

// problem is an error as huma sends it.
func (a *API) problem(ctx context.Context, err error) *problem.Problem {
	a.Errors.Note(ctx, err)
	return problem.New(err)
}

// plain gives the errors that huma itself finds the form of all others.
func (a *API) plain(_ huma.Context, _ string, value any) (any, error) {
	model, ok := value.(*huma.ErrorModel)
	if !ok {
		return value, nil
	}
	p := &problem.Problem{Type: "about:blank", Title: http.StatusText(model.Status), Status: model.Status, Code: codeOf(model.Status)}
	for _, e := range model.Errors {
		p.Errors = append(p.Errors, dictumal.Fault{Location: strings.TrimPrefix(e.Location, "body."), Message: e.Message})
	}
	p.Detail = sentence(p)
	return p, nil
}

// sentence says in words what huma found.
func sentence(p *problem.Problem) string {
	switch {
	case p.Status == http.StatusBadRequest:
		return "The request is not readable as JSON; check the body and send it again."
	case p.Status == http.StatusUnsupportedMediaType:
		return "The body is not sent as JSON; send it with Content-Type: application/json."
	case p.Status == http.StatusRequestEntityTooLarge:
		return "The request is too large; shorten it and send it again."
	case len(p.Errors) > 0:
		return fmt.Sprintf("The request does not fit at %s: %s; correct it and send it again.", p.Errors[0].Location, p.Errors[0].Message)
	}
	return dictumal.ErrorMessage(nil)
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
