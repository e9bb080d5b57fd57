package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/config"
	"github.com/dictumal/dictumal/internal/host"
	"github.com/dictumal/dictumal/internal/store"
)

// ExamineDatabase looks whether rows can be kept where the configuration says, and
// changes nothing there. It finds nothing where that is the data folder.
func ExamineDatabase(ctx context.Context, cfg config.Config) []host.Finding {
	if !cfg.Postgres() {
		return nil
	}
	server, err := store.Examine(ctx, cfg.Database())
	if err == nil {
		err = together(server.Skew)
	}
	if err != nil {
		return []host.Finding{{Name: "PostgreSQL", Detail: dictumal.ErrorMessage(closed(cfg, err))}}
	}
	detail := fmt.Sprintf("version %s at %s; the clocks agree within %s", server.Version, cfg.DatabasePlace(), maxSkew)
	commits := host.Finding{Name: "Commits", OK: true, Detail: "are on the server's disk, and on no standby yet: a failover may lose the last"}
	switch {
	case !server.Lasting:
		commits.Detail = "are not on the disk yet: a power cut may lose the last (fsync, synchronous_commit)"
	case server.Doubled:
		commits.Detail = "are on the server's disk and on a standby"
	}
	return []host.Finding{{Name: "PostgreSQL", OK: true, Detail: detail}, commits}
}

// Private

// openShared opens a database in which other replicas may be at work: what they have
// claimed is theirs.
func (a *App) openShared(ctx context.Context) error {
	server, err := store.Examine(ctx, a.config.Database())
	if err != nil {
		return closed(a.config, err)
	}
	if err := together(server.Skew); err != nil {
		return err
	}
	if err := refuseLost(ctx, a.config); err != nil {
		return err
	}
	if a.store, err = store.Open(ctx, a.config.Database()); err != nil {
		return closed(a.config, err)
	}
	return nil
}

// attend works beside other replicas: it hears of what they commit for as long as
// anybody is served, and helps them with it until the context ends.
func (a *App) attend(ctx, serving context.Context, working *errgroup.Group) {
	if !a.config.Postgres() {
		return
	}
	told, cancel := a.store.Subscribe()
	working.Go(func() error { return a.store.Listen(serving) })
	working.Go(func() error { return a.clock.run(ctx) })
	working.Go(func() error {
		defer cancel()
		return help(ctx, told, a.runner.Wake)
	})
}

// helpAfter is when another replica looks for what is due after something was told. Who
// has told is at it already; it is for what they have no worker for.
const helpAfter = time.Second

// help wakes a runner when others have told of something, once for all that is told
// within a moment.
func help(ctx context.Context, told <-chan struct{}, wake func()) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case _, open := <-told:
			if !open {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(helpAfter):
			wake()
		}
	}
}

// laterVersion is what to do about [store.ErrNewer].
const laterVersion = ", and this one cannot work with it any more; install the later one on this host, too."

// outdated says so where a later version has changed the rows; other errors stay as they are.
func outdated(err error) error {
	if !errors.Is(err, store.ErrNewer) {
		return err
	}
	return dictumal.NewError(dictumal.CodeUnavailable, "The database was changed by a later version"+laterVersion).Wrap(err)
}

// closed says why a PostgreSQL database cannot be opened, and what to do.
func closed(cfg config.Config, err error) error {
	if _, told := errors.AsType[*dictumal.Error](err); told {
		return err
	}
	place := "The database " + cfg.DatabasePlace()
	for _, known := range []struct {
		why      error
		sentence string
	}{
		{store.ErrUnreachable, " does not answer; check that its server runs and that this host reaches it, or correct DATABASE_URL."},
		{store.ErrKeptOut, " does not let this user in; check the user and the password in DATABASE_URL, and the server's pg_hba.conf."},
		{store.ErrNoDatabase, " is not there; make it on the server with: createdb --encoding=UTF8 --owner=USER NAME"},
		{store.ErrCrowded, " takes no more connections, of which each replica needs a dozen; raise the server's max_connections, or the limit of this user."},
		{store.ErrPooled, " stands behind a pooler that gives each transaction another connection, so that replicas do not hear of each other; " +
			"let DATABASE_URL name the server itself."},
		{store.ErrOldServer, fmt.Sprintf(" is of a server that is too old; PostgreSQL %d or newer is needed.", store.OldestServer)},
		{store.ErrReadOnly, " cannot be written, as on a standby; let DATABASE_URL name the primary server, or all of them: postgres://…@one,other/…"},
		{store.ErrNewer, " was changed by a later version" + laterVersion},
		{store.ErrNoRight, " takes no tables from this user; make it the owner on the server with: ALTER DATABASE … OWNER TO …"},
		{store.ErrEncoding, " is not kept in UTF-8; make another one on the server with: createdb --encoding=UTF8 --template=template0 --owner=USER NAME"},
	} {
		if errors.Is(err, known.why) {
			return dictumal.NewError(dictumal.CodeUnavailable, place+known.sentence).Wrap(err)
		}
	}
	return dictumal.NewError(dictumal.CodeUnavailable, place+" cannot be opened; see what its server's log says.").Wrap(err)
}
