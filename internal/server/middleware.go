package server

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/auth"
)

// Private

// protect is the chain that every request from outside goes through, outermost first.
func (s *Server) protect(next http.Handler) http.Handler {
	crossOrigin := http.NewCrossOriginProtection()
	crossOrigin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.Fail(w, r, dictumal.NewError(dictumal.CodeForbidden,
			"This request came from another site; go back to the page here and try again."))
	}))
	known := s.Auth.Middleware(http.MaxBytesHandler(next, s.limits.bodyBytes))
	return s.from(s.headers(s.hurry(s.recoverPanics(s.canonical(crossOrigin.Handler(known))))))
}

// asLocal lets the socket's user act as the local user: who may open the socket
// owns the data folder.
func (s *Server) asLocal(next http.Handler) http.Handler {
	return s.recoverPanics(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(auth.WithPrincipal(r.Context(), s.Local)))
	}))
}

// canonical brings browsers to the one origin that cookies and viewers work on:
// someone who types localhost for 127.0.0.1 would be signed out without a reason.
func (s *Server) canonical(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page := r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html")
		told := len(s.Auth.Providers) > 0 && (r.URL.Path == "/" || r.URL.Path == "/sign-in") // pages that say what is wrong
		if page && r.Host != s.URL.Host && !told {
			// Of what was asked for only path and query: the rest may name another host.
			target := url.URL{Scheme: s.URL.Scheme, Host: s.URL.Host, Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: r.URL.RawQuery}
			http.Redirect(w, r, target.String(), http.StatusTemporaryRedirect)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// recoverPanics keeps one broken request from ending the others.
func (s *Server) recoverPanics(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if value := recover(); value != nil {
				s.panicked(w, r, value)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

func (s *Server) panicked(w http.ResponseWriter, r *http.Request, value any) {
	if err, ok := value.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(value) // the handler's way to end a connection
	}
	s.Log.ErrorContext(r.Context(), "A request has ended in a panic.", "path", r.URL.Path, "panic", value, "stack", string(debug.Stack()))
	s.Fail(w, r, fmt.Errorf("panic: %v", value))
}
