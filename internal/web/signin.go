package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/auth"
	"github.com/dictumal/dictumal/internal/problem"
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
	page := s.newSignInPage(r, local(query.Get("next")))
	page.Code = query.Get("code")
	p, ok := auth.FromRequest(r)
	if ok && p.OnlyDesktop == "" && page.Code == "" && !query.Has("again") {
		http.Redirect(w, r, page.Next, http.StatusSeeOther)
		return
	}
	_, cookie := r.Cookie(s.Auth.CookieName())
	switch {
	case s.misdirected(r):
		page.Notice, page.Failed = s.elsewhere(r), true
		page.Ways = []Link{{Words: "Go to " + s.origin(), URL: s.origin() + r.URL.RequestURI()}}
	case query.Has("signed-out") && len(page.Ways) > 0:
		page.Notice = signedOut(s.Auth)
	case cookie == nil && !ok:
		page.Notice = sessionEnded
	default:
		page.Notice, page.Failed = s.trouble(r)
	}
	s.show(w, r, http.StatusOK, "sign-in", page)
}

func (s *Web) signIn(w http.ResponseWriter, r *http.Request) {
	if err := s.Auth.SignIn(w, r, r.PostFormValue("code")); err != nil {
		s.refuse(w, r, err)
		return
	}
	http.Redirect(w, r, local(r.PostFormValue("next")), http.StatusSeeOther)
}

func (s *Web) signOut(w http.ResponseWriter, r *http.Request) {
	if err := s.Auth.SignOut(w, r); err != nil {
		s.errors.Answer(w, r, err)
		return
	}
	http.Redirect(w, r, "/sign-in?signed-out", http.StatusSeeOther)
}

// newSignInPage offers every way in that there is.
func (s *Web) newSignInPage(r *http.Request, next string) SignInPage {
	page := SignInPage{Frame: s.frame(r, "", "Sign in", "signed-out.js"), Next: next}
	for _, provider := range s.Auth.Providers {
		way := Link{Words: "Sign in with " + provider.Label, URL: "/api/auth/signin/" + provider.Name}
		if next != afterwards {
			way.URL += "?" + url.Values{"next": {next}}.Encode()
		}
		page.Ways = append(page.Ways, way)
	}
	return page
}

// refuse shows the ways in again, and why this one has led nowhere.
func (s *Web) refuse(w http.ResponseWriter, r *http.Request, err error) {
	code := dictumal.ErrorCode(err)
	if code != dictumal.CodeForbidden && code != dictumal.CodeUnavailable {
		s.errors.Answer(w, r, err)
		return
	}
	s.errors.Note(r.Context(), err)
	page := s.newSignInPage(r, afterwards)
	page.Notice, page.Failed = sentence(dictumal.ErrorMessage(err)), true
	s.show(w, r, problem.Status(code), "sign-in", page)
}

// sentence ends as one does.
func sentence(text string) string { return strings.TrimSuffix(text, ".") + "." }

// afterwards is where who wanted nothing in particular goes.
const afterwards = "/instances"

// longest is more than any address of a page here takes.
const longest = 2000

// local keeps a redirect on this server: "//host" and "/\host" are other hosts to a browser.
func local(next string) string {
	if len(next) > longest || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") {
		return afterwards
	}
	return next
}
