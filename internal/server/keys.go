package server

import (
	"net/http"
)

// Private

// keyStatus tells how many values each key has sealed.
func (s *Server) keyStatus(w http.ResponseWriter, r *http.Request) {
	status, err := s.Keys.Status(r.Context())
	if err != nil {
		s.Fail(w, r, err)
		return
	}
	s.answer(w, r, status)
}

// rotateKeys makes a new key and seals everything anew.
func (s *Server) rotateKeys(w http.ResponseWriter, r *http.Request) {
	status, err := s.Keys.Rotate(r.Context(), s.Local)
	if err != nil {
		s.Fail(w, r, err)
		return
	}
	s.answer(w, r, status)
}
