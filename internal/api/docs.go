package api

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"
)

// Route is an operation as a page of documentation shows it.
type Route struct {
	Method, Path, Summary string
}

// Private

// docs has the operations shown; the usual viewers would load scripts from elsewhere.
func (a *API) docs(described *huma.OpenAPI) http.HandlerFunc {
	routes := routesOf(described)
	return func(w http.ResponseWriter, r *http.Request) { a.Docs(w, r, routes) }
}

// streams are the routes that answer with no JSON, and so stand in no description.
func streams() []Route {
	return []Route{
		{http.MethodGet, "/api/deployments/{id}/launch", "Send the browser to the desktop"},
		{http.MethodGet, "/api/deployments/{id}/events", "Stream what happens to a deployment"},
		{http.MethodGet, "/api/events", "Stream what happens to all your deployments"},
	}
}

func routesOf(described *huma.OpenAPI) []Route {
	routes := streams()
	for path, item := range described.Paths {
		for method, op := range map[string]*huma.Operation{
			http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPut: item.Put, http.MethodDelete: item.Delete,
		} {
			if op != nil {
				routes = append(routes, Route{method, path, op.Summary})
			}
		}
	}
	slices.SortFunc(routes, func(a, b Route) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
	})
	return routes
}
