// Package route says what handlers are registered on, so that whoever checks who may
// do what knows every route that there is.
package route

import "net/http"

// Mux is where handlers are registered by pattern.
type Mux interface {
	http.Handler
	Handle(pattern string, handler http.Handler)
	HandleFunc(pattern string, handler func(w http.ResponseWriter, r *http.Request))
}

// Book is a mux that keeps the patterns in the order in which they came.
type Book struct {
	*http.ServeMux
	patterns []string
}

// NewBook returns a mux without patterns.
func NewBook() *Book { return &Book{ServeMux: http.NewServeMux()} }

// Handle registers a handler.
func (b *Book) Handle(pattern string, handler http.Handler) {
	b.ServeMux.Handle(pattern, handler)
	b.patterns = append(b.patterns, pattern)
}

// HandleFunc registers a function as a handler.
func (b *Book) HandleFunc(pattern string, handler func(w http.ResponseWriter, r *http.Request)) {
	b.Handle(pattern, http.HandlerFunc(handler))
}

// Patterns lists what was registered.
func (b *Book) Patterns() []string { return b.patterns }
