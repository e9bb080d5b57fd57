// Package api is the REST interface: JSON over HTTP, described by OpenAPI, with
// server-sent events for what changes. Each operation decodes, calls control, and
// answers; what is allowed is decided there.
package api

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/auth"
	"github.com/dictumal/dictumal/internal/control"
	"github.com/dictumal/dictumal/internal/problem"
	"github.com/dictumal/dictumal/internal/route"
)

// Options is what an API works with.
type Options struct {
	Control *control.Control
	Auth    *auth.Auth
	// Principal tells who sent a request, by its context.
	Principal func(ctx context.Context) (dictumal.Principal, bool)
	Errors    *problem.Answerer
	// Docs shows the routes to a person; nil: there is no such page.
	Docs    func(w http.ResponseWriter, r *http.Request, routes []Route)
	Version string
	Log     *slog.Logger
}

// API answers under /api/.
type API struct {
	Options
}

// New returns an API.
func New(options Options) *API {
	a := &API{Options: options}
	if a.Docs == nil {
		a.Docs = func(w http.ResponseWriter, r *http.Request, _ []Route) { a.Errors.Answer(w, r, dictumal.ErrNotFound) }
	}
	return a
}

// Routes adds the API's routes to a mux.
func (a *API) Routes(mux route.Mux) {
	config := huma.DefaultConfig("Dictumal", a.Version)
	config.OpenAPIPath = "/api/openapi"
	config.DocsPath = "" // the usual page would load scripts from elsewhere
	config.SchemasPath = ""
	config.CreateHooks = nil // no $schema field in answers
	config.Transformers = []huma.Transformer{a.plain}
	config.Info.Description = "From a constitution to a desktop. Errors are application/problem+json; their detail is a sentence."
	described := humago.New(mux, config)
	described.UseMiddleware(a.known)
	a.constitutions(described)
	a.deployments(described)
	a.showing(mux, config)
	a.lifetimes(described)
	a.catalog(described)
	a.machines(described)
	a.receipts(described)
	a.grants(described)
	a.audit(described)
	a.tokens(described)
	a.sessions(described)
	a.people(described)

	mux.HandleFunc("GET /api/deployments/{id}/launch", a.launch)
	mux.HandleFunc("GET /api/deployments/{id}/events", a.deploymentEvents)
	mux.HandleFunc("GET /api/events", a.allEvents)
	mux.HandleFunc("GET /api/docs", a.docs(described.OpenAPI()))
	mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) { a.Errors.Answer(w, r, dictumal.ErrNotFound) })
}

// Private

// known turns nobody away before anything else is said about what they sent.
func (a *API) known(ctx huma.Context, next func(huma.Context)) {
	if _, err := a.principal(ctx.Context()); err != nil {
		r, w := humago.Unwrap(ctx)
		a.Errors.Answer(w, r, err)
		return
	}
	next(ctx)
}

// principal is who asks, or the error that answers nobody.
func (a *API) principal(ctx context.Context) (dictumal.Principal, error) {
	p, ok := a.Principal(ctx)
	if !ok {
		return dictumal.Principal{}, dictumal.ErrUnauthorized
	}
	return p, nil
}

// operation describes a route; its errors are of the same form everywhere.
func operation(method, path, id, summary string, status int, errors ...int) huma.Operation {
	return huma.Operation{
		Method: method, Path: path, OperationID: id, Summary: summary, DefaultStatus: status,
		Errors: append([]int{http.StatusUnauthorized}, errors...), MaxBodyBytes: maxBody,
	}
}

// maxBody leaves room for a document at its limit, escaped as JSON.
const maxBody = 8 * dictumal.MaxDocument
