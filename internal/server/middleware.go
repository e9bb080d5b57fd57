package server

import (
	"errors"
	"fmt"
	"net/http"
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
	known := s.Auth.Middleware(http.MaxBytesHandler(next, maxBody))
	return s.recoverPanics(s.headers(s.canonical(crossOrigin.Handler(known))))
}

// asLocal lets the socket's user act as the local user: who may open the socket
// owns the data folder.
func (s *Server) asLocal(next http.Handler) http.Handler {
	return s.recoverPanics(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(auth.WithPrincipal(r.Context(), s.Local)))
	}))
}

// headers keeps pages from being framed, sniffed, or made to load anything that
// is not ours. The content policy allows no inline script or style; the viewer
// paints pictures from data: addresses.
func (s *Server) headers(next http.Handler) http.Handler {
	policy := strings.Join([]string{
		"default-src 'self'", "img-src 'self' data: blob:",
		fmt.Sprintf("connect-src 'self' ws://%[1]s wss://%[1]s", s.URL.Host),
		"object-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'",
	}, "; ")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		if s.URL.Scheme == "https" {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// canonical brings browsers to the one origin that cookies and viewers work on:
// someone who types localhost for 127.0.0.1 would be signed out without a reason.
func (s *Server) canonical(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page := r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html")
		if page && r.Host != s.URL.Host {
			target := *r.URL
			target.Scheme, target.Host = s.URL.Scheme, s.URL.Host
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
