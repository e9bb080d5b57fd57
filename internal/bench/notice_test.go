//go:build bench

package bench

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/dictumal/dictumal/internal/feed"
)

// notices writes an event as a replica does, and waits from its commit until a listener
// at another has it.
func (p *postgres) notices(t *testing.T) func() time.Duration {
	t.Helper()
	there := p.open(t)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = there.Listen(ctx) // it has no errors
	}()
	t.Cleanup(func() { cancel(); <-ended })
	listener, err := feed.New(there).Listen(t.Context(), feed.Topic{Deployment: p.like})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(listener.Close)
	here := p.connect(t)
	return func() time.Duration {
		tx, err := here.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		const write = `WITH taken AS (UPDATE event_number SET value = value + 1 RETURNING value)
			INSERT INTO event (number, deployment_id, at, kind, status, stage, text, log_offset)
			SELECT value, $1, 0, 'note', '', '', 'Launched by ada@example.org.', 0 FROM taken`
		if _, err := tx.Exec(t.Context(), write, p.like); err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec(t.Context(), "NOTIFY dictumal"); err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		if err := tx.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
		for {
			<-listener.Woken()
			if messages, _, _ := listener.Take(); len(messages) > 0 {
				return time.Since(begun)
			}
		}
	}
}

// bareNotices sends a NOTIFY on one connection, and waits until another has it.
func (p *postgres) bareNotices(t *testing.T) func() time.Duration {
	t.Helper()
	from, to := p.connect(t), p.connect(t)
	if _, err := to.Exec(t.Context(), "LISTEN bare"); err != nil {
		t.Fatal(err)
	}
	return func() time.Duration {
		begun := time.Now()
		if _, err := from.Exec(t.Context(), "NOTIFY bare"); err != nil {
			t.Fatal(err)
		}
		if _, err := to.WaitForNotification(t.Context()); err != nil {
			t.Fatal(err)
		}
		return time.Since(begun)
	}
}

func (p *postgres) connect(t *testing.T) *pgx.Conn {
	t.Helper()
	connection, err := pgx.Connect(t.Context(), p.place)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close(context.WithoutCancel(t.Context())) })
	return connection
}
