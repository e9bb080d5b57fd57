package server

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/auth"
	"github.com/dictumal/dictumal/internal/control"
)

// Private

type linkAnswer struct {
	URL string `json:"url"`
}

type tokenRequest struct {
	User string `json:"user"` // e-mail; empty: the local user
	Name string `json:"name"`
}

type tokenAnswer struct {
	Token string `json:"token"`
}

type forgetAnswer struct {
	ID     string          `json:"id"`
	Status dictumal.Status `json:"status"`
}

// signInLink makes a link that signs the local user in, once.
func (s *Server) signInLink(w http.ResponseWriter, r *http.Request) {
	code, err := s.Auth.SignInCode(r.Context(), s.Local.User.ID)
	if err != nil {
		s.Fail(w, r, err)
		return
	}
	s.answer(w, r, linkAnswer{URL: s.URL.JoinPath("/sign-in").String() + "?code=" + code})
}

// createToken makes an API token, and its user where there is none yet.
func (s *Server) createToken(w http.ResponseWriter, r *http.Request) {
	var ask tokenRequest
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4<<10)).Decode(&ask)
	if err != nil && !errors.Is(err, io.EOF) {
		s.Fail(w, r, dictumal.NewError(dictumal.CodeMalformed, "The request is not readable as JSON.").Wrap(err))
		return
	}
	user := s.Local.User
	if ask.User != "" {
		if user, err = s.Auth.User(r.Context(), ask.User); err != nil {
			s.Fail(w, r, err)
			return
		}
	}
	if ask.Name == "" {
		ask.Name = "command line"
	}
	token, _, err := s.Auth.CreateToken(r.Context(), s.Local, auth.Wish{Email: user.Email, Name: ask.Name})
	if err != nil {
		s.Fail(w, r, err)
		return
	}
	s.answer(w, r, tokenAnswer{Token: token})
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
