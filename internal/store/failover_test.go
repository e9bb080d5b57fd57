package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/dictumal/dictumal/internal/postgrestest"
	"github.com/dictumal/dictumal/internal/store"
)

func TestAfterARestartOfTheServerTheNextCallWorks(t *testing.T) {
	server := postgrestest.Start(t)
	s := openAt(t, server.Database(t))
	add(t, s, order("D1"))
	for name, call := range map[string]func() error{
		"a read":           func() error { _, err := s.Deployment(t.Context(), "D1"); return err },
		"a list":           func() error { _, err := s.Events(t.Context(), "D1", 0, 10); return err },
		"a write":          func() error { return s.Wake(t.Context(), "a-machine") },
		"a transaction":    func() error { return s.Note(t.Context(), "D1", "A sentence.") },
		"whether it works": func() error { return s.Ping(t.Context()) },
	} {
		connectAll(t, s)
		server.Restart(t)
		if err := call(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhereAnotherServerTakesOverNothingThatWasKeptIsLostAndNoEventMissed(t *testing.T) {
	primary := postgrestest.Start(t)
	name := databaseOf(t, primary.Database(t))
	standby := primary.Standby(t)
	place := primary.URL(name, standby)
	writer, reader := openAt(t, place), openAt(t, place)
	add(t, writer, order("D1"))
	const before, after = 10, 20
	seen := followed(t, reader, after)
	for number := range before {
		note(t, writer, number)
	}
	connectAll(t, writer)
	connectAll(t, reader)
	primary.Kill(t)
	if err := writer.Note(t.Context(), "D1", "Nobody can write this."); err == nil {
		t.Error("it was written to nobody")
	}
	standby.Promote(t)
	for number := before; number < after; number++ {
		note(t, writer, number)
	}
	for number, text := range <-seen {
		if want := fmt.Sprint("note ", number); text != want {
			t.Errorf("heard %q, want %q", text, want)
		}
	}
	if row, err := reader.Deployment(t.Context(), "D1"); err != nil || row.ID != "D1" {
		t.Errorf("the row of before: %v", err)
	}
}

// TestAServerThatMayOnlyBeReadIsLeft has the one that was used go on, as the former one
// of two that have changed places.
func TestAServerThatMayOnlyBeReadIsLeft(t *testing.T) {
	former := postgrestest.Start(t)
	name := databaseOf(t, former.Database(t))
	present := former.Standby(t)
	s := openAt(t, former.URL(name, present))
	add(t, s, order("D1"))
	former.Do(t, `ALTER SYSTEM SET default_transaction_read_only = on`)
	former.Do(t, `SELECT pg_reload_conf()`)
	for !strings.Contains(asked(t, former.URL(name), `SHOW default_transaction_read_only`), "on") {
		t.Log("the server has not read its settings yet")
	}
	present.Promote(t)
	if err := s.Note(t.Context(), "D1", "note 0"); err != nil && !readOnly(err) { // its connection has not been told yet
		t.Fatal(err)
	}
	note(t, s, 1)
	if story := asked(t, present.URL(name), `SELECT text FROM event ORDER BY number DESC LIMIT 1`); story != "note 1" {
		t.Errorf("the last event of the present server is %q", story)
	}
}

// Private

// connectAll has a store use all of the connections that it may have.
func connectAll(t *testing.T, s *store.Store) {
	t.Helper()
	expect(t, atOnce([]*store.Store{s}, 30, func(s *store.Store, _ int) error {
		_, err := s.LastEvent(t.Context())
		return err
	}), map[error]int{nil: 30})
}

func note(t *testing.T, s *store.Store, number int) {
	t.Helper()
	if err := s.Note(t.Context(), "D1", fmt.Sprint("note ", number)); err != nil {
		t.Errorf("note %d: %v", number, err)
	}
}

// followed reads notes of D1 whenever the store wakes it, and no sooner, until there are
// so many.
func followed(t *testing.T, s *store.Store, many int) <-chan []string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	woken, end := s.Subscribe()
	go func() { _ = s.Listen(ctx) }()
	all := make(chan []string, 1)
	go func() {
		defer end()
		var texts []string
		for last := int64(0); len(texts) < many; {
			select {
			case <-woken:
			case <-ctx.Done():
				return
			}
			events, err := s.Events(ctx, "D1", last, 1000)
			if err != nil {
				continue // whoever hears again is woken again
			}
			for _, e := range events {
				last = e.Number
				if strings.HasPrefix(e.Text, "note") {
					texts = append(texts, e.Text)
				}
			}
		}
		all <- texts
	}()
	return all
}

func databaseOf(t *testing.T, place string) string {
	t.Helper()
	config, err := pgx.ParseConfig(place)
	if err != nil {
		t.Fatal(err)
	}
	return config.Database
}

// asked is the one text that a query answers.
func asked(t *testing.T, place, query string) (answer string) {
	t.Helper()
	connection, err := pgx.Connect(t.Context(), place)
	if err != nil {
		t.Fatal(err)
	}
	err = connection.QueryRow(t.Context(), query).Scan(&answer)
	if err := errors.Join(err, connection.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
	return answer
}

func readOnly(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && e.Code == "25006"
}
