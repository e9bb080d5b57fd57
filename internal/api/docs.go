package api

import (
	"cmp"
	"html/template"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"
)

// Private

// route is an operation as the page of documentation shows it.
type route struct {
	Method, Path, Summary string
}

const docsPage = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>API · Dictumal</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/static/docs.css"></head>
<body><main><h1>API</h1><p>JSON over HTTP with a session or <code>Authorization: Bearer TOKEN</code>. The whole contract is
<a href="/api/openapi.json">openapi.json</a>. Live changes come as server-sent events from <code>GET /api/events</code> and
<code>GET /api/deployments/{id}/events</code>; <code>GET /api/deployments/{id}/launch</code> sends the browser to the desktop.</p>
<table><thead><tr><th scope="col">Method</th><th scope="col">Path</th><th scope="col">What it does</th></tr></thead><tbody>
{{range .}}<tr><td><code>{{.Method}}</code></td><td><code>{{.Path}}</code></td><td>{{.Summary}}</td></tr>{{end}}
</tbody></table></main></body></html>`

// docs lists the operations; the usual viewers would load scripts from elsewhere.
func docs(described *huma.OpenAPI) http.HandlerFunc {
	page := template.Must(template.New("docs").Parse(docsPage))
	routes := routesOf(described)
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if err := page.Execute(w, routes); err != nil {
			return // the reader has left
		}
	}
}

func routesOf(described *huma.OpenAPI) []route {
	var routes []route
	for path, item := range described.Paths {
		for method, op := range map[string]*huma.Operation{
			"GET": item.Get, "POST": item.Post, "PUT": item.Put, "DELETE": item.Delete,
		} {
			if op != nil {
				routes = append(routes, route{method, path, op.Summary})
			}
		}
	}
	slices.SortFunc(routes, func(a, b route) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
	})
	return routes
}
