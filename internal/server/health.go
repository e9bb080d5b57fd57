package server

import "net/http"

// Private

type health struct {
	Status  string `json:"status"`
	Version string `json:"version"`
	URL     string `json:"url"` // of this server as browsers see it
}

// healthz tells that the process answers.
func (s *Server) healthz(w http.ResponseWriter, r *http.Request) {
	s.answer(w, r, health{Status: "ok", Version: s.Version, URL: s.URL.String()})
}

// readyz tells whether the process can do its work.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	if err := s.ready.fault(r.Context()); err != nil {
		s.Fail(w, r, err)
		return
	}
	s.answer(w, r, health{Status: "ready", Version: s.Version, URL: s.URL.String()})
}
