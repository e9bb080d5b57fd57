package server

import (
	"net/http"
	"sync"
)

// Private

// routes is everything that browsers and programs can ask for.
func (s *Server) routes(api http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/api/", api)
	s.Web.Routes(mux)
	mux.HandleFunc("GET /desktop/{id}/ws", s.viewer)
	mux.HandleFunc("POST /desktop/{id}/session", s.openDesktop)
	mux.HandleFunc("GET /healthz", s.healthz)
	mux.HandleFunc("GET /readyz", s.readyz)
	mux.Handle("GET /metrics", s.Metrics)
	return mux
}

// localRoutes is what the command line can ask for on top.
func (s *Server) localRoutes(api http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/api/", api)
	mux.HandleFunc("POST /api/sign-in-links", s.signInLink)
	mux.HandleFunc("POST /api/tokens", s.createToken)
	mux.HandleFunc("GET /healthz", s.healthz)
	return mux
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
