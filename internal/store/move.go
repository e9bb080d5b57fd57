package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// ErrOccupied says that a database to which an installation is to move is not empty.
var ErrOccupied = errors.New("the database is not empty")

// ErrMovedElsewhere says that an installation has moved already, to another database.
var ErrMovedElsewhere = errors.New("the installation has moved to another database")

// ErrBrokenLog says that a line of the audit log is not the one that was written.
var ErrBrokenLog = errors.New("the audit log is not as it was written")

// ErrMoveUnknown says that all was done but the last answer, or that the file could not be
// made the installation again: it may have moved or not. Another move finds out.
var ErrMoveUnknown = errors.New("whether the installation has moved is not known")

// Moved is what a move has come to.
type Moved struct {
	To      string // host, port and database
	Tables  int
	Rows    int64
	Cleaned int64 // texts in which was what PostgreSQL does not keep
	Lines   int64 // of the audit log, each of which follows from the one before it
	Before  bool  // it was done already, by a move that did not come to tell of it
}

// Moving is how far a move has come.
type Moving struct {
	Table    string
	Rows, Of int64
}

// Move copies the database in a SQLite file, with which nobody may be working, into an
// empty database of a PostgreSQL server. All of it is one transaction there: until it
// is over the database is empty, and a move that is cut short has left nothing. The file
// is marked before that, so that there is no moment in which both would be taken for
// the installation; where only the mark was kept, another move finds that nothing was
// copied, and begins anew.
func Move(ctx context.Context, file, to string, told func(Moving)) (done Moved, err error) {
	from, err := openSQLite(ctx, file)
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	if err := from.lasting(ctx); err != nil {
		return done, err
	}
	config, err := moveConfig(to)
	if err != nil {
		return done, err
	}
	connection, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return done, fmt.Errorf("connect: %w", err)
	}
	defer hangUp(ctx, connection)
	source, err := from.write.BeginTx(ctx, nil) // nobody else writes meanwhile
	if err != nil {
		return done, fmt.Errorf("begin: %w", err)
	}
	target, err := connection.Begin(ctx)
	if err != nil {
		return done, errors.Join(fmt.Errorf("begin: %w", err), source.Rollback())
	}
	m := &mover{source: source, target: target, place: placeOf(config), told: told}
	if err := m.move(ctx); err != nil || m.done.Before {
		return m.done, errors.Join(err, m.giveUp())
	}
	if err := source.Commit(); err != nil {
		return done, fmt.Errorf("mark the database as moved: %w", translate(err))
	}
	return m.done, settle(context.WithoutCancel(ctx), from, target, lastAnswer) // what is as good as done is not given up
}

// Private

// lastAnswer is how long the server may take to keep what was copied.
const lastAnswer = 30 * time.Second

// settle keeps what was copied. Where the server says that it does not, the file is the
// installation as before; where it says nothing, that has to be found out.
func settle(ctx context.Context, from *Store, target pgx.Tx, patience time.Duration) error {
	asking, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := target.Commit(asking)
	if err == nil {
		return nil
	}
	e, answered := errors.AsType[*pgconn.PgError](err)
	// A server that ends the connection may have kept it before.
	if refused := answered && e.SeverityUnlocalized == "ERROR"; !refused && !errors.Is(err, pgx.ErrTxCommitRollback) {
		return fmt.Errorf("%w: %w", ErrMoveUnknown, err)
	}
	err = fmt.Errorf("commit: %w", err)
	if left := from.Unmark(ctx); left != nil {
		return fmt.Errorf("%w: %w", ErrMoveUnknown, errors.Join(err, left))
	}
	return err
}

// lasting has what is committed outlast a power cut at once: a mark that is lost while
// the other side is kept would leave two installations of one name.
func (s *Store) lasting(ctx context.Context) error {
	if _, err := s.write.ExecContext(ctx, `PRAGMA synchronous = FULL`); err != nil { // of its one connection
		return fmt.Errorf("write through to the disk: %w", err)
	}
	return nil
}

// moveConfig is how a move connects: it may take as long as it takes.
func moveConfig(to string) (*pgx.ConnConfig, error) {
	config, err := pgx.ParseConfig(to)
	if err != nil {
		return nil, fmt.Errorf("read the database's URL: %w", withoutPassword(err))
	}
	for _, name := range []string{"statement_timeout", "idle_in_transaction_session_timeout"} {
		config.RuntimeParams[name] = "0"
	}
	bound(config)
	return config, nil
}

func placeOf(config *pgx.ConnConfig) string {
	return fmt.Sprintf("%s:%d/%s", config.Host, config.Port, config.Database)
}

// hangUp ends a connection, and with it a transaction that was not committed.
func hangUp(ctx context.Context, connection *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	_ = connection.Close(ctx)
}

// mover is a move that is going on.
type mover struct {
	source *sql.Tx
	target pgx.Tx
	place  string
	told   func(Moving)
	done   Moved
}

// giveUp leaves the file as it was. The other side is left so by the end of its
// connection, however that comes.
func (m *mover) giveUp() error {
	if err := m.source.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) {
		return fmt.Errorf("roll back: %w", err)
	}
	return nil
}

func (m *mover) move(ctx context.Context) error {
	m.done.To = m.place
	former, err := m.former(ctx)
	if err != nil {
		return err
	}
	if err := m.look(ctx, former); err != nil {
		if former != "" && !errors.Is(err, ErrOccupied) { // what the move before has come to is not known still
			err = fmt.Errorf("%w: %w", ErrMoveUnknown, err)
		}
		return err
	}
	if m.done.Before {
		return nil
	}
	if err := m.mark(ctx); err != nil {
		return err
	}
	if err := m.build(ctx); err != nil {
		return err
	}
	tables, err := m.tables(ctx)
	if err != nil {
		return err
	}
	for _, t := range tables {
		if err := m.transfer(ctx, t); err != nil {
			return fmt.Errorf("copy %s: %w", t.name, err)
		}
	}
	m.done.Tables = len(tables)
	return m.verify(ctx)
}
