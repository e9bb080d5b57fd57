package store

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// IsPostgres tells whether a database is a PostgreSQL server's, and not a file.
func IsPostgres(place string) bool {
	return strings.HasPrefix(place, "postgres://") || strings.HasPrefix(place, "postgresql://")
}

// Private

// openPostgres opens a database of a PostgreSQL server, in which several processes may
// work at once.
func openPostgres(ctx context.Context, place string) (*Store, error) {
	config, err := pgx.ParseConfig(place)
	if err != nil {
		return nil, fmt.Errorf("read the database's URL: %w", withoutPassword(err))
	}
	bound(config)
	s := &Store{
		write:    newDatabase(connections(config), 1),
		read:     newDatabase(connections(config), 8),
		postgres: config,
	}
	s.write.shared, s.read.shared = true, true
	if err := s.migrate(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.write.reconnect() // what was prepared while another process was at its migrations need not fit any more
	return s, nil
}

// bound keeps whoever has stopped, or cannot be reached any more, from holding up the
// others: while one writes, all who want to write wait for it. Of several servers it
// takes the one that can be written to.
func bound(config *pgx.ConnConfig) {
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 5 * time.Second
	}
	config.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
	config.DialFunc = (&net.Dialer{KeepAliveConfig: net.KeepAliveConfig{
		Enable: true, Idle: 5 * time.Second, Interval: 2 * time.Second, Count: 3,
	}}).DialContext
	for name, value := range map[string]string{
		"application_name":                    "dictumal",
		"idle_in_transaction_session_timeout": "5s",
		"lock_timeout":                        "15s",
		"statement_timeout":                   "30s",
		"default_transaction_isolation":       "read committed",
	} {
		if _, chosen := config.RuntimeParams[name]; !chosen {
			config.RuntimeParams[name] = value
		}
	}
}

// oneWriter waits until nobody else writes, in whatever process. It is over with the
// transaction, so that what was read in it holds until it is kept, as it does where
// there is one connection for writing.
const oneWriter = `SELECT pg_advisory_xact_lock(hashtextextended('dictumal ' || current_schema(), 0))`

// announceAll tells the other processes that something was committed, when it is.
const (
	channel     = "dictumal"
	announceAll = `SELECT pg_notify('` + channel + `', $1)`
)

// What is announced.
const (
	eventsWritten = ""
	rightsEnded   = "ended"
)

// refused tells whether a server has answered that it does not do something, in whatever
// language, and goes on listening.
func refused(err error) bool {
	e, answered := errors.AsType[*pgconn.PgError](err)
	return answered && e.SeverityUnlocalized == "ERROR"
}

func translatePostgres(err error, e *pgconn.PgError) error {
	switch e.Code {
	case "23505": // unique_violation
		return fmt.Errorf("%w: %w", ErrDuplicate, err)
	case "53100": // disk_full
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return err
}

// withoutPassword is what is wrong with a URL, without the URL.
func withoutPassword(err error) error {
	if e, ok := errors.AsType[*pgconn.ParseConfigError](err); ok {
		if cause := e.Unwrap(); cause != nil {
			return cause
		}
		return errors.New("it cannot be read")
	}
	return err
}
