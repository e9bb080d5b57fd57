package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Listen hears of what other processes commit, until the context ends. Whoever has
// subscribed is woken by that as by commits of this one. What was committed while
// nothing could be heard is found by its number, since the end of a silence wakes
// everybody, too. With a database of this process alone there is nothing to hear.
func (s *Store) Listen(ctx context.Context) error {
	if s.postgres == nil {
		return nil
	}
	for ctx.Err() == nil {
		_ = s.hear(ctx) // whatever has ended it, it is begun anew; [Store.Ping] tells of a database that is away
		pause(ctx, listenAgain)
	}
	return nil
}

// Private

const (
	// listenAgain is when one who could not hear tries again.
	listenAgain = 250 * time.Millisecond
	// silence is for how long nothing may be heard before it is asked whether the
	// connection still is one.
	silence = 5 * time.Second
)

// hear listens on one connection for as long as it holds.
func (s *Store) hear(ctx context.Context) error {
	connection, err := s.listening(ctx, silence)
	if err != nil {
		return err
	}
	defer func() { _ = connection.Close(context.WithoutCancel(ctx)) }()
	s.changes.announce()
	s.ends.announce()
	for {
		what, err := next(ctx, connection)
		switch {
		case err != nil:
			return err
		case what == rightsEnded:
			s.ends.announce()
		default:
			s.changes.announce()
		}
	}
}

// listening makes a connection that listens, and leaves a server that says nothing to
// that for too long. Each server has a time of its own to connect in: the first of
// several must not use up what the next needs.
func (s *Store) listening(ctx context.Context, patience time.Duration) (*pgx.Conn, error) {
	connection, err := pgx.ConnectConfig(ctx, s.postgres.Copy())
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	asked, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if _, err := connection.Exec(asked, "LISTEN "+channel); err != nil {
		_ = connection.Close(context.WithoutCancel(ctx))
		return nil, fmt.Errorf("listen: %w", err)
	}
	return connection, nil
}

// next waits for the next that is heard, and tells what it is about.
func next(ctx context.Context, connection *pgx.Conn) (what string, err error) {
	for {
		quiet, cancel := context.WithTimeout(ctx, silence)
		heard, err := connection.WaitForNotification(quiet)
		cancel()
		if err == nil {
			return heard.Payload, nil
		}
		if ctx.Err() != nil || quiet.Err() == nil {
			return "", err
		}
		asked, cancel := context.WithTimeout(ctx, silence)
		err = connection.Ping(asked)
		cancel()
		if err != nil {
			return "", err
		}
	}
}

func pause(ctx context.Context, wait time.Duration) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
