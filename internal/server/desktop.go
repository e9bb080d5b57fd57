package server

import (
	"encoding/json"
	"net/http"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/auth"
	"github.com/dictumal/dictumal/internal/gateway"
)

// Private

// viewer connects a browser to a desktop, once its session, its right and its
// exact origin have been checked: browsers send cookies with a WebSocket from any
// page, so without the last a foreign page could look at the screen.
func (s *Server) viewer(w http.ResponseWriter, r *http.Request) {
	p, ok := auth.FromRequest(r)
	if !ok {
		s.Fail(w, r, dictumal.ErrUnauthorized)
		return
	}
	if !s.fromOwnPage(r) {
		err := dictumal.NewError(dictumal.CodeForbidden, "This desktop can be opened from its own page only.")
		s.Audit(r.Context(), p.Deed("deployment.open", r.PathValue("id"), err))
		s.Fail(w, r, err)
		return
	}
	view, err := s.Control.Open(r.Context(), p, r.PathValue("id"))
	if err != nil {
		s.Fail(w, r, err)
		return
	}
	s.Gateway.Serve(w, r, gateway.Viewer{
		Target:    view.Target,
		Control:   view.Rights.Control,
		Clipboard: view.Rights.Clipboard,
		Grant:     view.Grant,
		Holds:     view.Holds,
		Beats:     r.URL.Query().Has("beats"),
	})
}

// openDesktop exchanges a launch code for a session that may open this desktop.
func (s *Server) openDesktop(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Code string `json:"code"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4<<10)).Decode(&body); err != nil {
		s.Fail(w, r, dictumal.NewError(dictumal.CodeMalformed, "The code is not readable; open the link again.").Wrap(err))
		return
	}
	if err := s.Auth.OpenDesktop(w, r, body.Code, r.PathValue("id")); err != nil {
		s.Fail(w, r, err)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusNoContent)
}
