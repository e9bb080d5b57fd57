package main

import (
	"io"
	"log/slog"
	"time"

	"github.com/dictumal/dictumal/internal/config"
	"github.com/dictumal/dictumal/internal/redact"
)

// Private

// log makes a logger for people, or for programs. It tells no secrets: the server
// adds those that it is configured with.
func (w *world) log(to io.Writer, how config.Log) *slog.Logger {
	options := &slog.HandlerOptions{Level: how.Level}
	if w.json || how.JSON {
		options.ReplaceAttr = spans
		return redact.Logger(slog.New(slog.NewJSONHandler(to, options)))
	}
	options.ReplaceAttr = hours
	return redact.Logger(slog.New(slog.NewTextHandler(to, options)))
}

// hours leaves the date out, which people know.
func hours(groups []string, attr slog.Attr) slog.Attr {
	if len(groups) == 0 && attr.Key == slog.TimeKey {
		attr.Value = slog.StringValue(attr.Value.Time().Format(time.TimeOnly))
	}
	return attr
}

// spans writes lengths of time with their unit, as people are shown them; otherwise
// they would be nanoseconds.
func spans(_ []string, attr slog.Attr) slog.Attr {
	if attr.Value.Kind() == slog.KindDuration {
		attr.Value = slog.StringValue(attr.Value.Duration().String())
	}
	return attr
}
