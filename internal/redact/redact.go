// Package redact keeps secrets out of logs: those that it is told, however they
// are written, and whatever looks like one. What a machine or a browser sent
// cannot pass for a line of the log either.
package redact

import (
	"log/slog"
	"slices"
)

// Mask is what stands where a secret stood.
const Mask = "[redacted]"

// Logger gives a logger that writes what log does, but for these secrets and for
// whatever looks like one. To what a logger of this kind keeps already, it adds.
func Logger(log *slog.Logger, secrets ...string) *slog.Logger {
	next := log.Handler()
	if h, ok := next.(*handler); ok {
		next, secrets = h.next, slices.Concat(h.redactor.secrets, secrets)
	}
	return slog.New(&handler{next: next, redactor: New(secrets...)})
}

// Redactor takes secrets out of texts.
type Redactor struct {
	secrets []string
	known   *known
}

// New makes a redactor that knows these secrets. What has fewer than eight bytes is
// no secret to it: that stands in any log by chance.
func New(secrets ...string) *Redactor {
	return &Redactor{secrets: secrets, known: newKnown(secrets)}
}

// Text is the text without secrets, and with what no line of a log may hold made
// visible. A text without either comes back as it is.
func (r *Redactor) Text(text string) string {
	return visible(hideRandom(hidePatterns(r.known.hide(text))))
}
