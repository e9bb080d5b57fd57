package redact

import (
	"context"
	"log/slog"
)

// Private

// handler passes on records without secrets.
type handler struct {
	next     slog.Handler
	redactor *Redactor
}

// Enabled tells whether anybody listens.
func (h *handler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.next.Enabled(ctx, level)
}

// Handle passes on a record.
func (h *handler) Handle(ctx context.Context, record slog.Record) error {
	clean := slog.NewRecord(record.Time, record.Level, h.redactor.Text(record.Message), record.PC)
	record.Attrs(func(attr slog.Attr) bool {
		clean.AddAttrs(h.redactor.attr(attr))
		return true
	})
	return h.next.Handle(ctx, clean)
}

// WithAttrs gives a handler with attributes, which are cleaned this once.
func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &handler{next: h.next.WithAttrs(h.redactor.attrs(attrs)), redactor: h.redactor}
}

// WithGroup gives a handler with a group.
func (h *handler) WithGroup(name string) slog.Handler {
	return &handler{next: h.next.WithGroup(name), redactor: h.redactor}
}
