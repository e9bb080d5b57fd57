package server

import (
	"net/http"
	"slices"
	"sync"

	"github.com/dictumal/dictumal/internal/route"
)

// Patterns lists the routes of the server, and those of the command line's socket.
func (s *Server) Patterns() (public, local []string) {
	api := patterns(s.API.Routes)
	return slices.Concat(api, patterns(s.routes)), slices.Concat(api, patterns(s.localRoutes))
}

// Private

// handle answers browsers and programs.
func (s *Server) handle(api http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/api/", api)
	for _, stream := range []string{"GET /api/events", "GET /api/deployments/{id}/events"} {
		mux.Handle(stream, s.seated(s.rooms.listeners, s.limits.listeners, api))
	}
	s.routes(mux)
	return s.measured(mux)
}

// handleLocal answers the command line.
func (s *Server) handleLocal(api http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/api/", api)
	s.localRoutes(mux)
	return mux
}

// routes is everything beside the API that browsers and programs can ask for.
func (s *Server) routes(mux route.Mux) {
	s.Web.Routes(mux)
	mux.Handle("GET /desktop/{id}/ws", s.seated(s.rooms.viewers, s.limits.viewers, http.HandlerFunc(s.viewer)))
	mux.HandleFunc("POST /desktop/{id}/session", s.openDesktop)
	mux.HandleFunc("GET /ca.pem", s.authority)
	mux.HandleFunc("GET /healthz", s.healthz)
	mux.HandleFunc("GET /readyz", s.readyz)
	mux.HandleFunc("GET /metrics", s.metrics)
}

// localRoutes is what the command line can ask for on top of the API.
func (s *Server) localRoutes(mux route.Mux) {
	mux.HandleFunc("POST /api/sign-in-links", s.signInLink)
	mux.HandleFunc("POST /api/deployments/{id}/forget", s.forget)
	mux.HandleFunc("GET /api/machines/unowned", s.unowned(s.Control.Unowned))
	mux.HandleFunc("POST /api/machines/unowned", s.unowned(s.Control.ConfirmSweep))
	mux.HandleFunc("GET /api/keys", s.keyStatus)
	mux.HandleFunc("POST /api/keys/rotate", s.rotateKeys)
	mux.HandleFunc("GET /healthz", s.healthz)
}

// authority hands out what browsers check the certificates of machines with. It is
// no secret, and a browser must be able to install it before anybody signs in.
func (s *Server) authority(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/x-x509-ca-cert")
	w.Header().Set("Content-Disposition", `attachment; filename="dictumal-ca.pem"`)
	_, _ = w.Write(s.Authority) // whoever asked has gone
}

func patterns(register func(route.Mux)) []string {
	book := route.NewBook()
	register(book)
	return book.Patterns()
}

// whenAsked makes routes at the first request for one of them: describing them
// takes as long as everything else at the server's start.
func whenAsked(routes Router) http.Handler {
	made := sync.OnceValue(func() http.Handler {
		mux := http.NewServeMux()
		routes.Routes(mux)
		return mux
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { made().ServeHTTP(w, r) })
}
