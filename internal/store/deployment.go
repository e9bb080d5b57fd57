package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/dictumal/dictumal"
)

// Row is a deployment with what only the control plane knows of it.
type Row struct {
	dictumal.Deployment

	CreateSentAt time.Time // of the present attempt's create call; zero: no call is open
	StartSentAt  time.Time
	Absences     int
	AbsentSince  time.Time
	LogOffset    int64
	// Account is what the provider charges for the machine; empty where it charges none.
	Account string

	ClientKey    string // sealed
	ClientPublic string
	HostKey      string // sealed; empty once it is not needed any more
	HostPublic   string

	// Of the guacamole stream only.
	StreamSecret     string        // sealed; what its password and key are derived from
	ClockSkew        time.Duration // by how much the machine's clock is ahead of ours
	CertificateNames string        // for which the machine's certificate is good
	CertificateUntil time.Time     // and until when

	fence   int64
	claimed int64 // reconcile_at as the claim left it
}

// HasMachine tells whether a machine of this deployment may exist.
func (r Row) HasMachine() bool { return r.MachineName != "" && r.MachineGoneAt.IsZero() }

// ClientKeyContext binds the sealed client key to its place.
func (r Row) ClientKeyContext() string { return "deployment|" + r.ID + "|client_key" }

// HostKeyContext binds the sealed host key to its place.
func (r Row) HostKeyContext() string { return "deployment|" + r.ID + "|host_key" }

// StreamSecretContext binds the sealed secret of the stream to its place.
func (r Row) StreamSecretContext() string { return "deployment|" + r.ID + "|stream_secret" }

const deploymentColumns = shownColumns + `,
	create_sent_at, start_sent_at, absences, absent_since, log_offset,
	client_key, client_public, host_key, host_public, reconcile_at, fence,
	stream_secret, clock_skew, certificate_names, certificate_until, account`

// Deployment returns one deployment, whoever owns it.
func (s *Store) Deployment(ctx context.Context, id string) (Row, error) {
	const query = `SELECT ` + deploymentColumns + ` FROM deployment WHERE id = $1`
	row, err := s.scanRow(s.read.QueryRowContext(ctx, query, id))
	return row, translate(err)
}

// Launch returns what a launch needs of a deployment, whoever owns it; the rest of
// the row is left empty. Launches are frequent, and whole rows are long.
func (s *Store) Launch(ctx context.Context, id string) (Row, error) {
	const query = `SELECT id, owner_id, status, stream, ip, constitution_title, policy,
		client_key, host_public, stream_secret, clock_skew FROM deployment WHERE id = $1`
	var r Row
	var policy string
	var skew int64
	err := s.read.QueryRowContext(ctx, query, id).Scan(&r.ID, &r.Owner, &r.Status, &r.Stream, &r.IP, &r.Constitution.Title, &policy,
		&r.ClientKey, &r.HostPublic, &r.StreamSecret, &skew)
	if err != nil {
		return Row{}, translate(err)
	}
	r.ClockSkew = time.Duration(skew) * time.Microsecond
	rights := struct{ Stream *dictumal.StreamPolicy }{&r.Policy.Stream}
	if err := decode(policy, &rights); err != nil {
		return Row{}, fmt.Errorf("read deployment %s: %w", id, err)
	}
	return r, nil
}

// Live counts what may hold a machine: of one owner, and of the installation,
// machines that no row owns included.
func (s *Store) Live(ctx context.Context, owner string) (own, all int, err error) {
	return countLive(ctx, s.read, owner)
}

// FirstLive returns the oldest deployment with a stream whose machine may be there,
// whatever its status; empty where there is none.
func (s *Store) FirstLive(ctx context.Context, stream dictumal.Stream) (id string, err error) {
	const query = `SELECT COALESCE(MIN(id), '') FROM deployment
		WHERE stream = $1 AND (status = 'ACTIVE' OR (status <> 'DESTROYED' AND machine_name <> '' AND machine_gone_at = 0))`
	err = s.read.QueryRowContext(ctx, query, stream).Scan(&id)
	return id, err
}

// ElsewhereCount counts the deployments that may have a machine at another provider.
func (s *Store) ElsewhereCount(ctx context.Context, provider string) (count int, err error) {
	const query = `SELECT COUNT(*) FROM deployment
		WHERE provider <> $1 AND status <> 'DESTROYED' AND machine_name <> '' AND machine_gone_at = 0`
	err = s.read.QueryRowContext(ctx, query, provider).Scan(&count)
	return count, err
}

// Private

// querier is the part of a database and of a transaction that reads need.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (listing, error)
	QueryRowContext(ctx context.Context, query string, args ...any) scanner
}

func countLive(ctx context.Context, db querier, owner string) (own, all int, err error) {
	const query = `SELECT
		COALESCE(SUM(CASE WHEN d.owner_id = $1 THEN 1 ELSE 0 END), 0),
		COUNT(*) + (SELECT COUNT(*) FROM sighting)
		FROM deployment d WHERE d.status IN ('PROVISIONING', 'CONFIGURING', 'ACTIVE')
		OR (d.status <> 'DESTROYED' AND d.machine_name <> '' AND d.machine_gone_at = 0)`
	err = db.QueryRowContext(ctx, query, owner).Scan(&own, &all)
	return own, all, err
}

func (s *Store) scanRow(row scanner) (Row, error) {
	var c columns
	var r Row
	var createSent, startSent, absent, skew, certified int64
	err := row.Scan(append(c.places(), &createSent, &startSent, &r.Absences, &absent, &r.LogOffset,
		&r.ClientKey, &r.ClientPublic, &r.HostKey, &r.HostPublic, &r.claimed, &r.fence,
		&r.StreamSecret, &skew, &r.CertificateNames, &certified, &r.Account)...)
	if err != nil {
		return Row{}, err
	}
	r.CreateSentAt, r.StartSentAt, r.AbsentSince = moment(createSent), moment(startSent), moment(absent)
	r.ClockSkew, r.CertificateUntil = time.Duration(skew)*time.Microsecond, moment(certified)
	err = c.settle(s.policies.decode)
	r.Deployment = c.Deployment
	return r, err
}

func decode(text string, into any) error {
	if text == "" {
		return nil
	}
	return json.Unmarshal([]byte(text), into)
}

func encode(value any) (string, error) {
	text, err := json.Marshal(value)
	return string(text), err
}

// encodeFailure keeps "no failure" an empty text.
func encodeFailure(failure *dictumal.Failure) (string, error) {
	if failure == nil {
		return "", nil
	}
	return encode(failure)
}
