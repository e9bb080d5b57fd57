package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Why no rows can be kept on a PostgreSQL server.
var (
	ErrUnreachable = errors.New("the server does not answer")
	ErrKeptOut     = errors.New("the server does not let this user in")
	ErrNoDatabase  = errors.New("the server has no such database")
	ErrCrowded     = errors.New("the server takes no more connections")
	ErrPooled      = errors.New("a pooler stands before the server and shares its connections")
	ErrOldServer   = errors.New("the server is too old")
	ErrReadOnly    = errors.New("the database cannot be written")
	ErrNoRight     = errors.New("this user may make no tables")
	ErrEncoding    = errors.New("the database is not kept in UTF-8")
)

// OldestServer is the first version of PostgreSQL that rows can be kept on.
const OldestServer = 14

// Server is what a PostgreSQL server says of itself.
type Server struct {
	Version string
	Skew    time.Duration // by how much its clock is ahead of this process's
	// Lasting tells whether what was committed outlasts a power cut, and Doubled
	// whether it is on a standby, too, by then.
	Lasting, Doubled bool
}

// Examine looks whether rows can be kept in a PostgreSQL database, and changes nothing
// there. Its error is one of those above where it knows why not.
func Examine(ctx context.Context, place string) (Server, error) {
	config, err := pgx.ParseConfig(place)
	if err != nil {
		return Server{}, fmt.Errorf("read the database's URL: %w", withoutPassword(err))
	}
	bound(config)
	sayReadOnly(config)
	connection, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return Server{}, whyClosed(err)
	}
	defer func() { _ = connection.Close(context.WithoutCancel(ctx)) }()
	found, err := question(ctx, connection)
	if err != nil {
		return found, err
	}
	found.Skew, err = skew(func() (now int64, err error) {
		err = connection.QueryRow(ctx, databaseClock).Scan(&now)
		return now, err
	})
	if err != nil {
		return found, fmt.Errorf("read the database's clock: %w", err)
	}
	return found, hears(ctx, connection, config)
}

// Private

// sayReadOnly gives a connection that is refused because nothing can be written its name.
func sayReadOnly(config *pgx.ConnConfig) {
	validate := config.ValidateConnect
	if validate == nil {
		return
	}
	config.ValidateConnect = func(ctx context.Context, connection *pgconn.PgConn) error {
		if err := validate(ctx, connection); err != nil {
			return fmt.Errorf("%w: %w", ErrReadOnly, err)
		}
		return nil
	}
}

// question asks a server for what it is.
func question(ctx context.Context, connection *pgx.Conn) (found Server, err error) {
	const query = `SELECT current_setting('server_version'), current_setting('server_version_num')::INTEGER,
		pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on',
		COALESCE(has_schema_privilege(current_schema(), 'CREATE'), FALSE), current_setting('server_encoding') = 'UTF8',
		current_setting('fsync') = 'on' AND current_setting('synchronous_commit') <> 'off',
		current_setting('synchronous_standby_names') <> '' AND current_setting('synchronous_commit') NOT IN ('off', 'local')`
	var version int
	var readOnly, mayCreate, unicode bool
	err = connection.QueryRow(ctx, query).Scan(&found.Version, &version, &readOnly, &mayCreate, &unicode, &found.Lasting, &found.Doubled)
	found.Version, _, _ = strings.Cut(found.Version, " ")
	switch {
	case err != nil:
		return found, fmt.Errorf("ask the server: %w", err)
	case version < OldestServer*10_000:
		return found, fmt.Errorf("%w: version %s", ErrOldServer, found.Version)
	case readOnly:
		return found, ErrReadOnly
	case !mayCreate:
		return found, ErrNoRight
	case !unicode:
		return found, ErrEncoding
	}
	return found, nil
}

// hears sends a word from one connection to another, as replicas tell each other of what
// they have committed. A pooler that gives each transaction another connection loses it.
func hears(ctx context.Context, listener *pgx.Conn, config *pgx.ConnConfig) error {
	ctx, cancel := context.WithTimeout(ctx, wordTime)
	defer cancel()
	teller, err := pgx.ConnectConfig(ctx, config.Copy())
	if err != nil {
		return whyClosed(err)
	}
	defer func() { _ = teller.Close(context.WithoutCancel(ctx)) }()
	word := "dictumal_" + strings.ToLower(rand.Text()[:8])
	if _, err := listener.Exec(ctx, "LISTEN "+word); err != nil {
		return fmt.Errorf("%w: %w", ErrPooled, err)
	}
	if _, err := teller.Exec(ctx, `SELECT pg_notify($1, '')`, word); err != nil {
		return fmt.Errorf("tell another connection: %w", err)
	}
	if _, err := listener.WaitForNotification(ctx); err != nil {
		return fmt.Errorf("%w: what one connection tells, another does not hear", ErrPooled)
	}
	return nil
}

// wordTime is how long a word may take from one connection to another.
const wordTime = 5 * time.Second

// whyClosed says why a connection could not be made. Of several servers the last says it.
func whyClosed(err error) error {
	if errors.Is(err, ErrReadOnly) {
		return err
	}
	e, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	why := map[string]error{
		"28P01": ErrKeptOut, "28000": ErrKeptOut, // a wrong password, or none that pg_hba.conf lets in
		"3D000": ErrNoDatabase,
		"53300": ErrCrowded,
		"57P03": ErrUnreachable, // it starts or ends
		"08P01": ErrPooled,      // which knows fewer settings than a server
		"42501": ErrNoRight,
	}[e.Code]
	if why == nil {
		return fmt.Errorf("connect: %w", err)
	}
	return fmt.Errorf("%w: %w", why, err)
}
