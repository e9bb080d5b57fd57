// Package reconcile brings every deployment to where it should be. The rows are
// the truth and the queue: a [Runner] claims a row that is due and takes one
// idempotent step with it, so that a restart is all the recovery there is. A
// [Sweeper] compares the provider's list with the rows and removes what no row owns.
package reconcile

import (
	"cmp"
	"context"
	"crypto/rand"
	"log/slog"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/authority"
	"github.com/dictumal/dictumal/internal/machine"
	"github.com/dictumal/dictumal/internal/store"
)

// Options is what the work is done with, and how patiently.
type Options struct {
	weakness

	Store    Store
	Provider dictumal.Provider
	Prober   Prober
	Sealer   Sealer
	UserData UserData

	// Authority certifies the machines of the guacamole stream, for GatewayHost too.
	Authority   *authority.Authority
	GatewayHost dictumal.GatewayHost

	Installation string
	Owner        string // names this process on leases; made up where it is empty

	Workers            int           // steps at the same time, of each queue; 32
	Lease              time.Duration // 30 s
	Renew              time.Duration // 10 s
	Call               time.Duration // that one of the provider may take, at most; 20 s
	Grace              time.Duration // DICTUMAL_GRACE, 120 s
	ConfiguringTimeout time.Duration // DICTUMAL_CONFIGURING_TIMEOUT, 20 min
	ErrorKeep          time.Duration // DICTUMAL_ERROR_KEEP, 1 h
	SweepEvery         time.Duration // 1 min

	// Fit is an error while this process must begin nothing, since its clock is not the
	// other replicas'; always fit.
	Fit func() error

	Log      *slog.Logger
	Observer Observer // nobody
}

// Store is what reconciling needs of the rows.
type Store interface {
	ClaimDue(ctx context.Context, owner string, lease time.Duration, queue store.Queue, limit int) ([]store.Row, error)
	Renew(ctx context.Context, row store.Row, until time.Time) error
	Save(ctx context.Context, row store.Row, to store.Outcome) error
	NextDue(ctx context.Context, queue store.Queue) (time.Time, error)
	Wake(ctx context.Context, machineName string) error

	Constitution(ctx context.Context, id string, version int) (dictumal.Constitution, error)
	FirstLive(ctx context.Context, stream dictumal.Stream) (id string, err error)
	Timeline(ctx context.Context, deployment string) ([]store.Entry, error)
	Log(ctx context.Context, deployment string, offset int64) ([]store.Entry, error)

	Hold(ctx context.Context, name, owner string, until time.Time) (bool, error)
	Ownership(ctx context.Context) (store.Ownership, error)
	Sight(ctx context.Context, unowned []dictumal.Machine) (map[string]store.Sighting, error)
	SweepConfirmed(ctx context.Context) (machineName string, err error)
}

// Prober looks into machines.
type Prober interface {
	Probe(ctx context.Context, target machine.Target) (machine.Report, error)
	ProbeGuacamole(ctx context.Context, target machine.Target, door machine.Door) (machine.Report, error)
	// Certify has the machine's certificate request signed and gives it the result.
	Certify(ctx context.Context, target machine.Target, sign func(request []byte) (certificate []byte, err error)) error
	Log(ctx context.Context, target machine.Target, offset int64, limit int) ([]byte, error)
	// Forget lets go of a deployment's machine.
	Forget(deployment string)
}

// Sealer keeps keys unreadable at rest.
type Sealer interface {
	Seal(plaintext []byte, context string) (string, error)
	Open(sealed, context string) ([]byte, error)
}

// Private

func (o Options) withDefaults() Options {
	o.Owner = cmp.Or(o.Owner, rand.Text())
	o.Workers = cmp.Or(o.Workers, 32)
	o.Lease = cmp.Or(o.Lease, 30*time.Second)
	o.Renew = cmp.Or(o.Renew, 10*time.Second)
	// A call is not begun with less than this left of the lease, so that it is over
	// before anyone else may act.
	o.Call = cmp.Or(o.Call, 20*time.Second)
	o.Grace = cmp.Or(o.Grace, 2*time.Minute)
	o.ConfiguringTimeout = cmp.Or(o.ConfiguringTimeout, 20*time.Minute)
	o.ErrorKeep = cmp.Or(o.ErrorKeep, time.Hour)
	o.SweepEvery = cmp.Or(o.SweepEvery, time.Minute)
	if o.Fit == nil {
		o.Fit = func() error { return nil }
	}
	o.Log = cmp.Or(o.Log, slog.Default())
	o.Observer = cmp.Or[Observer](o.Observer, nobody{})
	return o
}
