package web

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/auth"
)

// Private

// beginLogin sends the browser to an identity provider. It is a link and no form,
// since a form may not lead to another site. Other sites may link to it as little as
// they may send a form: who comes from there is shown the button.
func (s *Web) beginLogin(w http.ResponseWriter, r *http.Request) {
	next := local(r.URL.Query().Get("next"))
	if site := r.Header.Get("Sec-Fetch-Site"); site == "cross-site" || site == "same-site" {
		http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
		return
	}
	address, err := s.Auth.BeginLogin(w, r, r.PathValue("provider"), next)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, address, http.StatusSeeOther)
}

// finishLogin signs in who comes back.
func (s *Web) finishLogin(w http.ResponseWriter, r *http.Request) {
	next, err := s.Auth.FinishLogin(w, r, r.PathValue("provider"))
	if err != nil {
		if dictumal.ErrorCode(err) == dictumal.CodeForbidden { // why exactly is for the operator alone
			s.Log.InfoContext(r.Context(), "A sign-in was refused.", "provider", r.PathValue("provider"), "error", err)
		}
		s.refuse(w, r, err)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, local(next), http.StatusSeeOther)
}

// misdirected tells whether the browser uses another name for this server than
// providers are told: they would send it back elsewhere, to a browser that has begun
// nothing there.
func (s *Web) misdirected(r *http.Request) bool {
	return len(s.Auth.Providers) > 0 && s.Host != "" && r.Host != s.Host
}

// elsewhere says what is wrong where the name does not fit.
func (s *Web) elsewhere(r *http.Request) string {
	var callbacks []string
	for _, provider := range s.Auth.Providers {
		callbacks = append(callbacks, provider.Callback)
	}
	return fmt.Sprintf("Confirm OAuth callback URL matches the running environment: you came to %s, but AUTH_URL is %s, and people are sent back to %s.",
		r.Host, s.origin(), strings.Join(callbacks, " and "))
}

// origin is this server as browsers see it.
func (s *Web) origin() string {
	if s.Auth.Secure {
		return "https://" + s.Host
	}
	return "http://" + s.Host
}

// trouble is what is wrong with the ways in, as far as it is known.
func (s *Web) trouble(r *http.Request) (notice string, failed bool) {
	var notices []string
	for _, provider := range s.Auth.Providers {
		if err := provider.Look(r.Context()); err != nil {
			notices = append(notices, dictumal.ErrorMessage(err))
		}
	}
	return strings.Join(notices, " "), len(notices) > 0
}

// signedOut says what signing out has not done.
func signedOut(a *auth.Auth) string {
	var labels []string
	for _, provider := range a.Providers {
		labels = append(labels, provider.Label)
	}
	return fmt.Sprintf("You are signed out here. You may still be signed in at %s; sign out there, too, where others use this computer.",
		strings.Join(labels, " or "))
}
