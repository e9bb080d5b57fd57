// Package web holds the pages. Handlers decode what was asked, call a use case and
// fill a view; templates draw the view; a few small scripts keep it fresh. Every
// page reads, deploys and destroys without scripts.
package web

import (
	"io/fs"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/auth"
	"github.com/dictumal/dictumal/internal/control"
	"github.com/dictumal/dictumal/internal/problem"
)

// Options is what the pages work with.
type Options struct {
	Control  *control.Control
	Auth     *auth.Auth
	Examples fs.FS         // documents to start from, *.md
	Licenses func() string // of what the binary embeds; asked once, when somebody wants to read them; nil: none
	Keep     time.Duration // how long the machine of a failed deployment is kept
	// GatewayHost is where launches of the guacamole stream lead; empty: to the
	// machine's own address, and then one button is enough.
	GatewayHost string
	Host        string // of this server as browsers see it
	Log         *slog.Logger
}

// Web serves the pages.
type Web struct {
	Options
	assets   *assets
	pages    *pages
	examples func() []example
	works    func() []work
	errors   *problem.Answerer
}

// New returns the pages. Templates and examples are part of the binary: a broken
// one is a mistake in building it, and panics. They are read when somebody first
// wants them, so that the server's start does not wait for them.
func New(options Options) *Web {
	s := &Web{Options: options}
	s.assets = must(newAssets())
	s.pages = must(newPages(s.assets))
	s.examples = sync.OnceValue(func() []example { return must(readExamples(options.Examples)) })
	if s.Licenses == nil {
		s.Licenses = func() string { return "" }
	}
	s.works = sync.OnceValue(func() []work { return readLicenses(s.Licenses()) })
	s.errors = &problem.Answerer{Page: s.Fail, Log: options.Log}
	return s
}

// Fail answers with a page that says what happened and what to do next.
func (s *Web) Fail(w http.ResponseWriter, r *http.Request, err error) {
	page := newErrorPage(s.frame(r, "", "", ""), err)
	s.show(w, r, page.Status, "error", page)
}

// Private

// handler is a page of somebody who has signed in.
type handler func(w http.ResponseWriter, r *http.Request, p dictumal.Principal) error

// signedIn finds out who asks and sends everyone else to sign in first.
func (s *Web) signedIn(next handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p, ok := auth.FromRequest(r)
		if !ok && r.Method == http.MethodGet {
			http.Redirect(w, r, signInURL(r), http.StatusSeeOther)
			return
		}
		if !ok {
			s.errors.Answer(w, r, dictumal.ErrUnauthorized)
			return
		}
		if err := next(w, r, p); err != nil {
			s.errors.Answer(w, r, err)
		}
	}
}

// show sends a page. What it shows belongs to one person at one moment.
func (s *Web) show(w http.ResponseWriter, r *http.Request, status int, page string, view any) {
	body, err := s.pages.Render(page, view)
	if err != nil {
		s.errors.Note(r.Context(), err)
		http.Error(w, "The page could not be drawn; the server's log has the details.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Security-Policy", s.policy(page))
	send(w, status, body)
}

func send(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(body) // a reader who has left is nobody to tell
}

func (s *Web) frame(r *http.Request, section, title, script string) Frame {
	frame := Frame{Section: section, Title: title, Script: script, Unbuilt: !s.assets.Built()}
	if p, ok := auth.FromRequest(r); ok && p.OnlyDesktop == "" {
		frame.User, frame.Admin = p.User.Email, p.User.Admin
		if frame.Watched = watched(section); frame.Watched {
			health, _ := s.Control.Health(p) // who may not know is told nothing
			frame.Health = newHealth(health, time.Now())
		}
	}
	return frame
}

// look is what cards need beyond their deployments.
func (s *Web) look() Surroundings {
	return Surroundings{Now: time.Now(), ErrorKeep: s.Keep, GatewayHost: s.GatewayHost, Extendable: s.Control.Extendable}
}

func must[T any](made T, err error) T {
	if err != nil {
		panic(err)
	}
	return made
}
