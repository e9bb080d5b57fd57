package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/auth"
)

// Private

const sessionEnded = "Your session has ended. Nothing was lost; sign in to go on."

func signInURL(r *http.Request) string {
	if r.URL.Path == "/instances" {
		return "/sign-in"
	}
	return "/sign-in?" + url.Values{"next": {r.URL.RequestURI()}}.Encode()
}

func (s *Web) signInPage(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	page := SignInPage{Frame: s.frame(r, "", "Sign in", "signed-out.js"), Code: query.Get("code"), Next: local(query.Get("next"))}
	p, ok := auth.FromRequest(r)
	if ok && p.OnlyDesktop == "" && page.Code == "" {
		http.Redirect(w, r, page.Next, http.StatusSeeOther)
		return
	}
	if _, err := r.Cookie(s.Auth.CookieName()); err == nil && !ok {
		page.Notice = sessionEnded
	}
	s.show(w, r, http.StatusOK, "sign-in", page)
}

func (s *Web) signIn(w http.ResponseWriter, r *http.Request) {
	err := s.Auth.SignIn(w, r, r.PostFormValue("code"))
	if dictumal.ErrorCode(err) == dictumal.CodeForbidden {
		page := SignInPage{Frame: s.frame(r, "", "Sign in", "signed-out.js"), Notice: dictumal.ErrorMessage(err) + "."}
		s.show(w, r, http.StatusForbidden, "sign-in", page)
		return
	}
	if err != nil {
		s.errors.Answer(w, r, err)
		return
	}
	http.Redirect(w, r, local(r.PostFormValue("next")), http.StatusSeeOther)
}

func (s *Web) signOut(w http.ResponseWriter, r *http.Request) {
	if err := s.Auth.SignOut(w, r); err != nil {
		s.errors.Answer(w, r, err)
		return
	}
	http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
}

// local keeps a redirect on this server: "//host" and "/\host" are other hosts to a browser.
func local(next string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") {
		return "/instances"
	}
	return next
}
