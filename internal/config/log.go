package config

import "log/slog"

// Log says how the server's log is written.
type Log struct {
	JSON  bool // for programs; else for people
	Level slog.Level
}

// Private

func (r *reader) log() (how Log) {
	switch text := r.text("DICTUMAL_LOG_FORMAT", "text"); text {
	case "text":
	case "json":
		how.JSON = true
	default:
		r.fault("DICTUMAL_LOG_FORMAT is %q and must be text or json.", text)
	}
	levels := map[string]slog.Level{"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError}
	text := r.text("DICTUMAL_LOG_LEVEL", "info")
	level, ok := levels[text]
	if !ok {
		r.fault("DICTUMAL_LOG_LEVEL is %q and must be debug, info, warn or error.", text)
	}
	how.Level = level
	return how
}

func (l Log) format() string {
	if l.JSON {
		return "json"
	}
	return "text"
}
