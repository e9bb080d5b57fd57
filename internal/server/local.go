package server

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/control"
)

// Private

type linkAnswer struct {
	URL string `json:"url"`
}

type forgetAnswer struct {
	ID     string          `json:"id"`
	Status dictumal.Status `json:"status"`
}

// signInLink makes a link that signs the local user in, once.
func (s *Server) signInLink(w http.ResponseWriter, r *http.Request) {
	code, err := s.Auth.SignInCode(r.Context(), s.Local)
	if err != nil {
		s.Fail(w, r, err)
		return
	}
	s.answer(w, r, linkAnswer{URL: s.URL.JoinPath("/sign-in").String() + "?code=" + code})
}

// forget gives a deployment up without a proof that its machine is gone.
func (s *Server) forget(w http.ResponseWriter, r *http.Request) {
	forgotten, err := s.Control.Forget(r.Context(), s.Local, r.PathValue("id"))
	if err != nil {
		s.Fail(w, r, err)
		return
	}
	s.answer(w, r, forgetAnswer{forgotten.ID, forgotten.Status})
}

// unowned answers with the machines that no deployment owns, as a use case gives them.
func (s *Server) unowned(list func(context.Context, dictumal.Principal) ([]control.Unowned, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		machines, err := list(r.Context(), s.Local)
		if err != nil {
			s.Fail(w, r, err)
			return
		}
		s.answer(w, r, machines)
	}
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if err := json.NewEncoder(w).Encode(body); err != nil {
		s.Log.DebugContext(r.Context(), "An answer was not delivered.", "error", err)
	}
}
