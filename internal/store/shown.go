package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/dictumal/dictumal"
)

// Shown returns what people may see of one deployment, whoever owns it. The rest of
// the row, sealed keys above all, is for those who work on it.
func (s *Store) Shown(ctx context.Context, id string) (dictumal.Deployment, error) {
	const query = `SELECT ` + shownColumns + ` FROM deployment WHERE id = $1`
	d, err := s.scanShown(s.read.QueryRowContext(ctx, query, id))
	return d, translate(err)
}

// Deployments returns up to limit deployments of an owner that are not destroyed,
// newest first, and only those older than the one named by after.
func (s *Store) Deployments(ctx context.Context, owner, after string, limit int) ([]dictumal.Deployment, error) {
	return s.Browse(ctx, owner, Among{}, after, limit)
}

// DeploymentsOf returns the deployments of a constitution that are not destroyed, newest first.
func (s *Store) DeploymentsOf(ctx context.Context, owner, constitution string) ([]dictumal.Deployment, error) {
	const query = `SELECT ` + shownColumns + ` FROM deployment
		WHERE owner_id = $1 AND constitution_id = $2 AND status <> 'DESTROYED' ORDER BY id DESC`
	rows, err := s.read.QueryContext(ctx, query, owner, constitution)
	return collect(rows, err, s.scanShown)
}

// Private

const shownColumns = `id, owner_id, constitution_id, constitution_version, constitution_title, constitution_hash,
	policy, provider, stream, region, size, price_per_hour, billing,
	status, stage, checks, failure, warning, machine_name, machine_id, ip, generation,
	created_at, ordered_at, configuring_at, active_at, error_at, destroyed_at, machine_gone_at, expires_at, reminded_at,
	proof_absences, proof_since`

func (s *Store) scanShown(row scanner) (dictumal.Deployment, error) {
	c := columns{}
	if err := row.Scan(c.places()...); err != nil {
		return dictumal.Deployment{}, err
	}
	return c.Deployment, c.settle(s.policies.decode)
}

// columns takes in shownColumns.
type columns struct {
	dictumal.Deployment
	policy, billing, checks, failure, warning                          string
	created, ordered, configuring, active, errored, destroyed, expires int64
	gone, reminded, proof                                              int64
}

func (c *columns) places() []any {
	return []any{
		&c.ID, &c.Owner, &c.Constitution.ID, &c.Constitution.Version, &c.Constitution.Title, &c.Constitution.Hash,
		&c.policy, &c.Provider, &c.Stream, &c.Region, &c.Size, &c.PricePerHour, &c.billing,
		&c.Status, &c.Progress.Stage, &c.checks, &c.failure, &c.warning, &c.MachineName, &c.MachineID, &c.IP, &c.Generation,
		&c.created, &c.ordered, &c.configuring, &c.active, &c.errored, &c.destroyed, &c.gone, &c.expires, &c.reminded,
		&c.Proof.Absences, &c.proof,
	}
}

// settle puts what was read into its form.
func (c *columns) settle(policy func(text string) (dictumal.Policy, error)) (err error) {
	c.CreatedAt, c.OrderedAt, c.ConfiguringAt, c.ActiveAt = moment(c.created), moment(c.ordered), moment(c.configuring), moment(c.active)
	c.ErrorAt, c.DestroyedAt, c.MachineGoneAt = moment(c.errored), moment(c.destroyed), moment(c.gone)
	c.ExpiresAt, c.RemindedAt, c.Proof.Since = moment(c.expires), moment(c.reminded), moment(c.proof)
	c.Policy, err = policy(c.policy)
	if err := errors.Join(err, decode(c.checks, &c.Progress.Checks), decode(c.failure, &c.Failure),
		decode(c.warning, &c.Warning), decode(c.billing, &c.Billing)); err != nil {
		return fmt.Errorf("read deployment %s: %w", c.ID, err)
	}
	return nil
}
