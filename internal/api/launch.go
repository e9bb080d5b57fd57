package api

import "net/http"

// Private

// launch sends the browser to the desktop. What it is sent to may hold a one-time
// code, so nobody may keep or pass on the answer.
func (a *API) launch(w http.ResponseWriter, r *http.Request) {
	p, err := a.principal(r.Context())
	if err != nil {
		a.Errors.Answer(w, r, err)
		return
	}
	location, err := a.Control.Launch(r.Context(), p, r.PathValue("id"), r.URL.Query().Get("target"))
	if err != nil {
		a.Errors.Answer(w, r, err)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Header().Set("Location", location) // http.Redirect would repeat it in the body
	w.WriteHeader(http.StatusFound)
}
