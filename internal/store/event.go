package store

import (
	"context"
	"fmt"
	"time"

	"github.com/dictumal/dictumal"
)

const eventColumns = `e.number, e.deployment_id, e.at, e.kind, e.status, e.stage, e.text, e.log_offset`

// Entry is an event as it is stored; LogOffset is of log events only.
type Entry struct {
	dictumal.Event
	LogOffset int64
}

// Events returns up to limit events of a deployment after a number, oldest first,
// boot log included.
func (s *Store) Events(ctx context.Context, deployment string, after int64, limit int) ([]Entry, error) {
	const query = `SELECT ` + eventColumns + ` FROM event e
		WHERE e.deployment_id = $1 AND e.number > $2 ORDER BY e.number LIMIT $3 + 0`
	rows, err := s.read.QueryContext(ctx, query, deployment, after, limit)
	return collect(rows, err, scanEntry)
}

// EventsOf returns up to limit events of all deployments of an owner after a
// number, oldest first, boot logs included.
func (s *Store) EventsOf(ctx context.Context, owner string, after int64, limit int) ([]Entry, error) {
	const query = `SELECT ` + eventColumns + ` FROM event e
		JOIN deployment d ON d.id = e.deployment_id
		WHERE d.owner_id = $1 AND e.number > $2 ORDER BY e.number LIMIT $3 + 0`
	rows, err := s.read.QueryContext(ctx, query, owner, after, limit)
	return collect(rows, err, scanEntry)
}

// Timeline returns the story of a deployment without its boot log, oldest first. Of
// one that is very long it is the end, which is what people want to know.
func (s *Store) Timeline(ctx context.Context, deployment string) ([]Entry, error) {
	const query = `SELECT ` + eventColumns + ` FROM (SELECT * FROM event
		WHERE deployment_id = $1 AND kind <> 'log' ORDER BY number DESC LIMIT 1000) e ORDER BY e.number`
	rows, err := s.read.QueryContext(ctx, query, deployment)
	return collect(rows, err, scanEntry)
}

// Log returns the boot log of a deployment from an offset in bytes on.
func (s *Store) Log(ctx context.Context, deployment string, offset int64) ([]Entry, error) {
	const query = `SELECT ` + eventColumns + ` FROM event e
		WHERE e.deployment_id = $1 AND e.kind = 'log' AND e.log_offset >= $2 ORDER BY e.number`
	rows, err := s.read.QueryContext(ctx, query, deployment, offset)
	return collect(rows, err, scanEntry)
}

// LogTails returns the last piece of the boot log of each deployment of an owner
// that is being made.
func (s *Store) LogTails(ctx context.Context, owner string) (map[string]string, error) {
	const query = `SELECT ` + eventColumns + ` FROM event e WHERE e.number IN (
		SELECT MAX(l.number) FROM event l JOIN deployment d ON d.id = l.deployment_id
		WHERE d.owner_id = $1 AND d.status = 'CONFIGURING' AND l.kind = 'log' GROUP BY l.deployment_id)`
	rows, err := s.read.QueryContext(ctx, query, owner)
	entries, err := collect(rows, err, scanEntry)
	tails := make(map[string]string, len(entries))
	for _, entry := range entries {
		tails[entry.Deployment] = entry.Text
	}
	return tails, err
}

// LastEvent returns the newest event number.
func (s *Store) LastEvent(ctx context.Context) (number int64, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT value FROM event_number WHERE id = 1`).Scan(&number)
	return number, err
}

// Private

// addEvents numbers and writes events in the transaction that they tell of.
func addEvents(ctx context.Context, tx *transaction, deployment string, now time.Time, entries []Entry) error {
	return writeEvents(ctx, tx, now, of(deployment, entries))
}

// of says which deployment events are of.
func of(deployment string, entries []Entry) []Entry {
	for i := range entries {
		entries[i].Deployment = deployment
	}
	return entries
}

func writeEvents(ctx context.Context, tx *transaction, now time.Time, entries []Entry) error {
	if len(entries) == 0 {
		return nil
	}
	tx.told = true
	var last int64
	const take = `UPDATE event_number SET value = value + $1 WHERE id = 1 RETURNING value`
	if err := tx.QueryRowContext(ctx, take, len(entries)).Scan(&last); err != nil {
		return fmt.Errorf("number events: %w", err)
	}
	const insert = `INSERT INTO event (number, deployment_id, at, kind, status, stage, text, log_offset)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	for i, e := range entries {
		number := last - int64(len(entries)-1-i)
		if _, err := tx.ExecContext(ctx, insert, number, e.Deployment, micros(now),
			e.Kind, e.Status, e.Stage, e.Text, e.LogOffset); err != nil {
			return fmt.Errorf("write event: %w", err)
		}
	}
	return nil
}

func scanEntry(row scanner) (Entry, error) {
	var e Entry
	var at int64
	err := row.Scan(&e.Number, &e.Deployment, &at, &e.Kind, &e.Status, &e.Stage, &e.Text, &e.LogOffset)
	e.At = moment(at)
	return e, err
}
