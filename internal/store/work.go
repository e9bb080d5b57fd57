package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/dictumal/dictumal"
)

// Queue names the rows that wait for the same workers.
type Queue int

const (
	// Unsettled rows are those that people wait for: machines that come or go.
	Unsettled Queue = iota
	// Settled rows are only looked after.
	Settled
)

// Claim takes one row that is due, of whichever queue, and is false where there is none.
func (s *Store) Claim(ctx context.Context, owner string, lease time.Duration) (Row, bool, error) {
	for _, queue := range []Queue{Unsettled, Settled} {
		rows, err := s.ClaimDue(ctx, owner, lease, queue, 1)
		if err != nil {
			return Row{}, false, err
		}
		if len(rows) == 1 {
			return rows[0], true, nil
		}
	}
	return Row{}, false, nil
}

// ClaimDue takes up to limit rows of a queue that nobody works on, those that have
// been due longest, for the owner and the length of a lease.
func (s *Store) ClaimDue(ctx context.Context, owner string, lease time.Duration, queue Queue, limit int) ([]Row, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	ctx = context.WithoutCancel(ctx) // a claim that is cut short would hold rows that nobody works on
	now := time.Now()
	query := queue.of(claimUnsettled, claimSettled)
	var claimed []Row
	err := s.inTurn(ctx, func(db writer) error {
		rows, err := db.QueryContext(ctx, query, owner, lease.Microseconds(), micros(now), limit)
		claimed, err = collect(rows, err, s.scanRow)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("claim: %w", err)
	}
	return claimed, nil
}

// Renew makes a claim last until a later time, or is ErrFenced where it has passed on.
func (s *Store) Renew(ctx context.Context, row Row, until time.Time) error {
	const query = `UPDATE deployment SET lease_until = ` + timeFunction + `($4) + $1 WHERE id = $2 AND fence = $3`
	return s.together(ctx, func(ctx context.Context, tx *transaction) ([]Entry, error) {
		now := time.Now() // by when it is written: until then it has waited for its turn
		return nil, fenced(changed(tx.ExecContext(ctx, query, until.Sub(now).Microseconds(), row.ID, row.fence, micros(now))))
	})
}

// Release takes back every claim and makes its row due at once, and every lease on
// work that one replica does at a time: the first sweep after a restored backup must
// not come after the first order. It is for a program that knows itself to be the only
// one on this database.
func (s *Store) Release(ctx context.Context) error {
	const query = `UPDATE deployment SET lease_owner = '', lease_until = 0, reconcile_at = $1, fence = fence + 1
		WHERE lease_until > 0 AND status <> 'DESTROYED'`
	if _, err := s.write.ExecContext(ctx, query, micros(time.Now())); err != nil {
		return fmt.Errorf("take back claims: %w", err)
	}
	if _, err := s.write.ExecContext(ctx, `DELETE FROM lease`); err != nil {
		return fmt.Errorf("take back leases: %w", err)
	}
	return nil
}

// NextDue returns when the next row of a queue is due that nobody works on; zero
// where there is none.
func (s *Store) NextDue(ctx context.Context, queue Queue) (time.Time, error) {
	var at int64
	err := s.read.QueryRowContext(ctx, queue.of(nextUnsettled, nextSettled), micros(time.Now())).Scan(&at)
	return moment(at), err
}

// Outcome is what one step of a worker came to.
type Outcome struct {
	Entries []Entry
	// Wake is when the row is due again.
	Wake time.Time
	// Keep holds on to the claim, because the step goes on.
	Keep bool
	// Woken is called where the row is not due at Wake but at once, because somebody
	// asked for something else or woke it while the worker was at it. It may be nil.
	Woken func()
}

// Save writes what a worker learned, and where nobody has asked for anything else
// meanwhile also the status that it derived, its events, and when the row is due
// next. Where the generation has moved on, the row is due at once and the status
// events of this step are dropped: they tell of a plan that no longer holds.
func (s *Store) Save(ctx context.Context, row Row, to Outcome) error {
	var due int64
	err := s.together(ctx, func(ctx context.Context, tx *transaction) ([]Entry, error) {
		var generation int64
		var err error
		if generation, due, err = saveRow(ctx, tx, row, to); err != nil {
			return nil, err
		}
		entries := to.Entries
		if generation != row.Generation {
			entries = withoutStatus(entries)
		}
		return of(row.ID, entries), nil
	})
	if err != nil {
		return fmt.Errorf("save deployment %s: %w", row.ID, err)
	}
	if to.Woken != nil && !to.Keep && due != micros(to.Wake) {
		to.Woken()
	}
	return nil
}

// Wake makes the deployment that owns a machine due at once. One that is due
// already keeps its place, unless a worker is at it, who must see that it was woken.
func (s *Store) Wake(ctx context.Context, machineName string) error {
	const query = `UPDATE deployment SET reconcile_at = $1
		WHERE machine_name = $2 AND (reconcile_at > $1 OR lease_until > ` + timeFunction + `($1)) AND status <> 'DESTROYED'`
	_, err := s.write.ExecContext(ctx, query, micros(time.Now()), machineName)
	return err
}

// Private

// Each queue is a condition that an index holds, so that its first rows are found
// however many there are in the other.
const (
	unsettled = `status IN ('PROVISIONING', 'CONFIGURING', 'DESTROYING')`
	settled   = `status IN ('ACTIVE', 'ERROR')`

	claimUnsettled = claimFrom + unsettled + claimDue
	claimSettled   = claimFrom + settled + claimDue

	// reconcile_at moves to the lease's end: a wake-up while the worker is busy
	// moves it back, which [Store.Save] sees and keeps.
	claimFrom = `UPDATE deployment SET lease_owner = $1, fence = fence + 1,
		lease_until = ` + timeFunction + `($3) + $2, reconcile_at = ` + timeFunction + `($3) + $2
		WHERE id IN (SELECT id FROM deployment WHERE `
	// What is due is so by the clock of whoever has said when.
	claimDue = ` AND reconcile_at <= $3 AND lease_until <= ` + timeFunction + `($3) ORDER BY reconcile_at LIMIT $4 + 0)
		AND lease_until <= ` + timeFunction + `($3) RETURNING ` + deploymentColumns

	nextUnsettled = nextOf + unsettled + nextDue + unsettled + nextHeld
	nextSettled   = nextOf + settled + nextDue + settled + nextHeld

	// A claim that was renewed outlasts the moment at which its row would be due.
	nextOf  = `SELECT COALESCE(MIN(at), 0) FROM (SELECT * FROM (SELECT reconcile_at AS at FROM deployment WHERE `
	nextDue = ` AND lease_until <= reconcile_at ORDER BY reconcile_at LIMIT 1) AS due
		UNION ALL SELECT * FROM (SELECT lease_until - ` + timeFunction + `($1) + $1 AS at FROM deployment WHERE `
	nextHeld = ` AND lease_until > reconcile_at ORDER BY lease_until LIMIT 1) AS held) AS next`
)

// of is the text for this queue.
func (q Queue) of(ofUnsettled, ofSettled string) string {
	if q == Settled {
		return ofSettled
	}
	return ofUnsettled
}

func saveRow(ctx context.Context, tx *transaction, r Row, to Outcome) (generation, due int64, err error) {
	checks, err := encode(r.Progress.Checks)
	if err != nil {
		return 0, 0, err
	}
	failure, err := encodeFailure(r.Failure)
	if err != nil {
		return 0, 0, err
	}
	warning, err := encodeFailure(r.Warning)
	if err != nil {
		return 0, 0, err
	}
	const query = `UPDATE deployment SET
		machine_name = $3, machine_id = $4, ip = $5, machine_gone_at = $6, create_sent_at = $7, start_sent_at = $8,
		absences = $9, absent_since = $10, log_offset = $11, client_key = $12, host_key = $13, host_public = $14, checks = $15,
		warning = $28, stream_secret = $29, clock_skew = $30, certificate_names = $31, certificate_until = $32, account = $33,
		ordered_at = $34, reminded_at = $35, proof_absences = $36, proof_since = $37,
		status = CASE WHEN generation = $16 THEN $17 ELSE status END,
		stage = CASE WHEN generation = $16 THEN $18 ELSE stage END,
		failure = CASE WHEN generation = $16 THEN $19 ELSE failure END,
		configuring_at = CASE WHEN generation = $16 THEN $20 ELSE configuring_at END,
		active_at = CASE WHEN generation = $16 THEN $21 ELSE active_at END,
		error_at = CASE WHEN generation = $16 THEN $22 ELSE error_at END,
		destroyed_at = CASE WHEN generation = $16 THEN $23 ELSE destroyed_at END,
		expires_at = CASE WHEN generation = $16 THEN $24 ELSE expires_at END,
		reconcile_at = CASE WHEN generation = $16 AND reconcile_at = $25 AND NOT $27 THEN $26 ELSE reconcile_at END,
		lease_owner = CASE WHEN $27 THEN lease_owner ELSE '' END,
		lease_until = CASE WHEN $27 THEN lease_until ELSE 0 END
		WHERE id = $1 AND fence = $2 RETURNING generation, reconcile_at`
	err = tx.QueryRowContext(ctx, query, r.ID, r.fence,
		r.MachineName, r.MachineID, r.IP, micros(r.MachineGoneAt), micros(r.CreateSentAt), micros(r.StartSentAt),
		r.Absences, micros(r.AbsentSince), r.LogOffset, r.ClientKey, r.HostKey, r.HostPublic, checks,
		r.Generation, r.Status, r.Progress.Stage, failure,
		micros(r.ConfiguringAt), micros(r.ActiveAt), micros(r.ErrorAt), micros(r.DestroyedAt), micros(r.ExpiresAt),
		r.claimed, micros(to.Wake), to.Keep,
		warning, r.StreamSecret, r.ClockSkew.Microseconds(), r.CertificateNames, micros(r.CertificateUntil), r.Account,
		micros(r.OrderedAt), micros(r.RemindedAt), r.Proof.Absences, micros(r.Proof.Since)).Scan(&generation, &due)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, 0, ErrFenced
	}
	return generation, due, err
}

func withoutStatus(entries []Entry) []Entry {
	var kept []Entry
	for _, entry := range entries {
		if entry.Kind == dictumal.EventNote || entry.Kind == dictumal.EventLog {
			kept = append(kept, entry)
		}
	}
	return kept
}

func fenced(ok bool, err error) error {
	if err == nil && !ok {
		return ErrFenced
	}
	return err
}
