package app

import (
	"context"
	"log/slog"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/redact"
	"github.com/dictumal/dictumal/internal/rekey"
)

// Private

// openKeys takes the keys of the installation into use, makes the first one where there
// is none, and gives a log that tells neither them nor what else the server is
// configured with.
func (a *App) openKeys(ctx context.Context, log *slog.Logger) (*slog.Logger, error) {
	options := rekey.Options{
		Store: a.store, File: a.config.SecretFile(), Present: a.config.AuthSecret, Given: a.config.AuthSecretPrevious,
		Shared: a.config.Postgres(), Log: log,
		Audit: func(ctx context.Context, d dictumal.Deed) { a.audit.Write(ctx, d) }, // made with the log that hides these keys
	}
	var err error
	if a.keys, err = rekey.New(a.seams.keys(options)); err != nil {
		return nil, err
	}
	if err := a.keys.Enter(ctx); err != nil {
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

// leaveKeys tells other replicas that this one opens nothing any more.
func (a *App) leaveKeys(ctx context.Context) {
	if a.keys == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveTime)
	defer cancel()
	_ = a.keys.Leave(ctx) // where the database is away it is forgotten there in a minute
}

// leaveTime is how long the end of the program may wait for the database.
const leaveTime = 2 * time.Second
