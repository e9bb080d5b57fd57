package app

import (
	"context"
	"log/slog"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/redact"
	"github.com/dictumal/dictumal/internal/rekey"
)

// Private

// openKeys takes the keys of the installation into use, makes the first one where there
// is none, and gives a log that tells neither them nor what else the server is
// configured with.
func (a *App) openKeys(log *slog.Logger) (*slog.Logger, error) {
	options := rekey.Options{
		Store: a.store, File: a.config.SecretFile(), Present: a.config.AuthSecret, Given: a.config.AuthSecretPrevious, Log: log,
		Audit: func(ctx context.Context, d dictumal.Deed) { a.audit.Write(ctx, d) }, // made with the log that hides these keys
	}
	var err error
	if a.keys, err = rekey.New(a.seams.keys(options)); err != nil {
		return nil, err
	}
	secrets, err := rekey.Secrets(options.File, options.Present, options.Given)
	if err != nil {
		return nil, err
	}
	hidden := a.config.Secrets()
	for _, secret := range secrets {
		hidden = append(hidden, string(secret))
	}
	return redact.Logger(log, hidden...), nil
}
