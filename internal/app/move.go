package app

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/config"
	"github.com/dictumal/dictumal/internal/store"
)

// Relocated is what a move to PostgreSQL has come to.
type Relocated struct {
	store.Moved

	Warning string // what does not open with the secrets of the replicas, and what to do; empty: nothing
}

// Move copies the rows of a data folder, with which no server may be working, into the
// PostgreSQL database that replicas are to share.
func Move(ctx context.Context, from, to config.Config, told func(store.Moving)) (done Relocated, err error) {
	held, err := still(from)
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, held.Close()) }()
	from.AuthSecret, from.AuthSecretPrevious = to.AuthSecret, to.AuthSecretPrevious
	if done.Warning, err = unopened(ctx, from); err != nil {
		return done, err
	}
	if _, err := store.Examine(ctx, to.Database()); err != nil {
		return done, closed(to, err)
	}
	done.Moved, err = store.Move(ctx, from.Database(), to.Database(), told)
	return done, unmoved(ctx, to, err)
}

// MoveBack makes the rows of a data folder the installation again, as they were when
// they moved.
func MoveBack(ctx context.Context, cfg config.Config) (mark store.Mark, err error) {
	held, err := still(cfg)
	if err != nil {
		return mark, err
	}
	defer func() { err = errors.Join(err, held.Close()) }()
	rows, err := store.Open(ctx, cfg.Database())
	if err != nil {
		return mark, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	mark, moved, err := rows.Moved(ctx)
	if err == nil && !moved {
		err = dictumal.NewError(dictumal.CodeConflict, "The rows of this data folder have not moved, so there is nothing to take back.")
	}
	if err != nil {
		return mark, err
	}
	return mark, rows.Unmark(ctx)
}

// Installed is an error where a data folder has no database.
func Installed(cfg config.Config) error {
	if _, err := os.Stat(cfg.Database()); err != nil {
		return dictumal.NewError(dictumal.CodeNotFound,
			"There is no database at "+cfg.Database()+"; set DICTUMAL_DATA_DIR to the data folder of the installation.").Wrap(err)
	}
	return nil
}

// Private

// still wants a data folder to have a database with which no server works, and keeps
// it so until what it returns is closed.
func still(cfg config.Config) (*os.File, error) {
	if err := Installed(cfg); err != nil {
		return nil, err
	}
	return lock(cfg.DataDir)
}

// refuseMoved keeps a server from working with rows that are elsewhere by now: two of
// them with the same installation's name would remove each other's machines.
func refuseMoved(ctx context.Context, rows *store.Store) error {
	mark, moved, err := rows.Moved(ctx)
	if err != nil || !moved {
		return err
	}
	return hasMoved(mark, "no server works with what is left here; set DATABASE_URL to that database, or take the move back with: dictumal migrate --back. "+
		"Where that database is empty, the move was cut short; run dictumal migrate again")
}

// refuseLost keeps a server from working with other rows than those that have moved from
// its data folder: where a move was cut short it would find nothing, and be another
// installation, to which the machines of this one do not belong.
func refuseLost(ctx context.Context, cfg config.Config) error {
	mark, moved := store.MovedFrom(ctx, cfg.DatabaseFile())
	if !moved {
		return nil
	}
	arrived, err := store.Arrived(ctx, cfg.Database(), mark)
	if err != nil {
		return closed(cfg, err)
	}
	if arrived {
		return nil
	}
	return dictumal.NewError(dictumal.CodeConflict, "The rows of the data folder "+cfg.DataDir+" are marked as moved to "+mark.To+" ("+mark.At.Format(time.DateTime)+
		" UTC), and are not in the database "+cfg.DatabasePlace()+". Where it is empty, the move was cut short; run dictumal migrate again. "+
		"For rows of its own let DICTUMAL_DATA_DIR name another folder.")
}

// stayed is an error where the rows of a data folder have moved: a backup that is put in
// their place knows nothing of that.
func stayed(ctx context.Context, cfg config.Config) error {
	mark, moved := store.MovedFrom(ctx, cfg.Database())
	if !moved {
		return nil
	}
	return hasMoved(mark, "a backup in this folder would be a second installation of the same name; stop every replica and take the move back first with: dictumal migrate --back")
}

func hasMoved(mark store.Mark, so string) error {
	return dictumal.NewError(dictumal.CodeConflict,
		"The rows of this data folder have moved to "+mark.To+" ("+mark.At.Format(time.DateTime)+" UTC), and "+so)
}

// unmoved says why an installation has not moved.
func unmoved(ctx context.Context, to config.Config, err error) error {
	const nothing = " Nothing has moved."
	switch {
	case err == nil:
		return nil
	case errors.Is(err, store.ErrMoveUnknown):
		return dictumal.NewError(dictumal.CodeUnavailable, "The last answer of "+to.DatabasePlace()+
			" is missing, so the rows may have moved or not. Start no server, and run the same command again: it finds out, and moves them if need be.").Wrap(err)
	case ctx.Err() != nil:
		return dictumal.NewError(dictumal.CodeUnavailable, "The move was interrupted."+nothing+" Begin it again whenever you like.")
	case errors.Is(err, store.ErrOccupied):
		return dictumal.NewError(dictumal.CodeConflict, "The database at "+to.DatabasePlace()+
			" is not empty, and rows are moved to an empty one only."+nothing+" Make another database, or empty this one if nobody needs it.")
	case errors.Is(err, store.ErrMovedElsewhere):
		return dictumal.NewError(dictumal.CodeConflict, "The rows of this data folder have moved to another database before: "+err.Error()+
			". An installation has one database; if that one was never used, take the move back with: dictumal migrate --back")
	case errors.Is(err, store.ErrBrokenLog):
		return dictumal.NewError(dictumal.CodeConflict, "The audit log is not as it was written ("+err.Error()+
			")."+nothing+" Look at it with dictumal audit verify, and restore a backup from before somebody changed it.")
	}
	return dictumal.NewError(dictumal.CodeUnavailable, "The rows could not be copied to "+to.DatabasePlace()+"."+nothing+" Put right what is said below, and try again.").Wrap(err)
}
