//go:build crash

package app

import (
	"cmp"
	"context"
	"net/http"
	"os"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/control"
	"github.com/dictumal/dictumal/internal/crash"
	"github.com/dictumal/dictumal/internal/machine"
	"github.com/dictumal/dictumal/internal/provider/digitalocean"
	"github.com/dictumal/dictumal/internal/reconcile"
	"github.com/dictumal/dictumal/internal/rekey"
)

// Private

// seams are where the parts meet. This build, which only tests make, ends itself
// there: DICTUMAL_CRASH_AT says where. It also goes through the same waits much
// faster, so that a test can see a whole life. DICTUMAL_CRASH_LEASE makes its claims
// shorter too, where others are to take over, with a grace that is in proportion;
// DICTUMAL_CRASH_GRACE another one.
type seams struct{ points *crash.Points }

// The pace of this build. In any other, waits are as long as DigitalOcean needs.
const (
	grace       = 2 * time.Second
	sweepEvery  = 500 * time.Millisecond
	pollEvery   = 200 * time.Millisecond
	absenceSpan = 3 * pollEvery
	settle      = time.Second
)

func newSeams() seams { return seams{crash.At(os.Getenv("DICTUMAL_CRASH_AT"), os.Stderr)} }

func (s seams) transport() http.RoundTripper {
	return crash.Transport{Next: http.DefaultTransport, Points: s.points}
}

func (s seams) ocean(provider *digitalocean.Provider) dictumal.Provider {
	return ocean{provider, s.points}
}

func (s seams) work(options reconcile.Options) reconcile.Options {
	options.Store = crash.Store{Store: options.Store, Points: s.points}
	options.Prober = crash.Prober{Prober: options.Prober, Points: s.points}
	options.Grace, options.SweepEvery = grace, sweepEvery
	if lease := duration("DICTUMAL_CRASH_LEASE"); lease > 0 {
		options.Lease, options.Renew, options.Call = lease, lease/3, lease*2/3
		options.Grace = 3*lease + options.Call
	}
	options.Grace = cmp.Or(duration("DICTUMAL_CRASH_GRACE"), options.Grace)
	return options
}

func (seams) dialer() []machine.Option {
	return []machine.Option{machine.WithAddresses(crash.Found)}
}

func (s seams) keys(options rekey.Options) rekey.Options {
	options.Settle = settle
	options.Passed = func(step string) { s.points.Pass("keys." + step) }
	return options
}

func (s seams) control(options control.Options) control.Options {
	wake, end := options.Wake, options.Close
	options.Wake = func() { s.points.Pass("asked"); wake() } // it is written, and nobody knows
	options.Close = func(deployment string) { s.points.Pass("asked.destroy"); end(deployment) }
	options.Codes = codes{options.Codes, s.points}
	return options
}

// duration is what a variable of tests says; 0 where it says nothing.
func duration(name string) time.Duration {
	length, _ := time.ParseDuration(os.Getenv(name))
	return length
}

// ocean has points around what the provider does. It is whole, so that what it can
// do beyond being a provider is not lost.
type ocean struct {
	*digitalocean.Provider
	points *crash.Points
}

func (o ocean) Traits() dictumal.Traits {
	traits := o.Provider.Traits()
	traits.PollEvery, traits.AbsenceSpan = pollEvery, absenceSpan
	return traits
}

func (o ocean) Create(ctx context.Context, spec dictumal.MachineSpec) (dictumal.Machine, error) {
	o.points.Pass("create.before")
	made, err := o.Provider.Create(ctx, spec)
	o.points.Pass("create.after")
	return made, err
}

func (o ocean) Find(ctx context.Context, name string) ([]dictumal.Machine, error) {
	found, err := o.Provider.Find(ctx, name)
	o.points.Pass("find.after")
	return found, err
}

func (o ocean) Inspect(ctx context.Context, id string) (dictumal.Machine, error) {
	found, err := o.Provider.Inspect(ctx, id)
	o.points.Pass("inspect.after")
	return found, err
}

func (o ocean) Destroy(ctx context.Context, id string) error {
	o.points.Pass("destroy.before")
	err := o.Provider.Destroy(ctx, id)
	o.points.Pass("destroy.after")
	return err
}

func (o ocean) List(ctx context.Context) ([]dictumal.Machine, error) {
	listed, err := o.Provider.List(ctx)
	o.points.Pass("list.after")
	return listed, err
}

// codes has a point behind a code that opens a desktop once.
type codes struct {
	control.Codes
	points *crash.Points
}

func (c codes) LaunchCode(ctx context.Context, p dictumal.Principal, deployment string) (string, error) {
	code, err := c.Codes.LaunchCode(ctx, p, deployment)
	c.points.Pass("launch.code")
	return code, err
}
