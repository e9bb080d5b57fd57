package api

import (
	"bytes"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/dictumal/dictumal/internal/route"
)

// Private

// showing describes the route of one deployment like any other, on a mux that nobody
// asks, and has it answered by show.
func (a *API) showing(mux route.Mux, config huma.Config) {
	huma.Register(humago.New(http.NewServeMux(), config), operation(http.MethodGet, "/api/deployments/{id}", "get-deployment",
		"Show a deployment", http.StatusOK, 404), a.get)
	mux.HandleFunc("GET /api/deployments/{id}", a.show)
}

// show answers with one deployment. Programs that wait ask for it again and again, so
// it takes no way around.
func (a *API) show(w http.ResponseWriter, r *http.Request) {
	p, err := a.principal(r.Context())
	if err != nil {
		a.Errors.Answer(w, r, err)
		return
	}
	d, err := a.Control.Deployment(r.Context(), p, r.PathValue("id"))
	if err != nil {
		a.Errors.Answer(w, r, err)
		return
	}
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(shapeDeployment(d)); err != nil {
		a.Errors.Answer(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(body.Bytes()) // whoever asked has gone
}
