package dictumal

import (
	"context"
	"errors"
	"strings"
	"time"
)

// ErrMachineNotFound is what a [Provider] answers for a machine that it does not have.
var ErrMachineNotFound = errors.New("machine not found")

// Provider makes and removes machines.
//
// Any method may fail with a [*Refusal], which says that nothing was done. After
// any other error of Create or Destroy the outcome is unknown: the caller looks
// before it acts again.
type Provider interface {
	// Traits says what is particular to the provider. It makes no call.
	Traits() Traits

	// Create asks for a machine, once; it is never repeated inside. It returns
	// as soon as the provider has taken the order, which does not mean that the
	// machine runs. It returns what it knows of the machine even with an error.
	Create(ctx context.Context, spec MachineSpec) (Machine, error)

	// Find returns the machines with exactly this name, oldest first: none where
	// there is none, several where an order was carried out twice.
	Find(ctx context.Context, name string) ([]Machine, error)

	// Inspect returns one machine, or ErrMachineNotFound.
	Inspect(ctx context.Context, id string) (Machine, error)

	// Start powers a machine on. One that is on already is no error.
	// ErrMachineNotFound where it does not exist.
	Start(ctx context.Context, id string) error

	// Destroy removes a machine and what was made with it. A missing one is no
	// error. Its success is no proof that the machine is gone.
	Destroy(ctx context.Context, id string) error

	// List returns every machine of this installation, and no other.
	List(ctx context.Context) ([]Machine, error)

	// Catalog returns what can be ordered.
	Catalog(ctx context.Context) (Catalog, error)
}

// Payer is a provider whose machines are charged to an account. With the key to
// another account it sees none of them, which proves nothing.
type Payer interface {
	// Account names the account. It does not change while the program runs.
	Account(ctx context.Context) (string, error)
}

// Watcher is a provider that tells of changes, so that nobody needs to ask again.
type Watcher interface {
	// Watch calls changed with the name of each machine of this installation
	// whose state has changed, until the context ends or the connection breaks.
	Watch(ctx context.Context, changed func(name string)) error
}

// UserDataForgetter is a provider that keeps the user-data where others may read
// it, and can forget it.
type UserDataForgetter interface {
	// ForgetUserData removes the user-data of a machine that has read it.
	// ErrMachineNotFound where the machine does not exist. Repeating it is no error.
	ForgetUserData(ctx context.Context, id string) error
}

// Traits is what the life of a deployment must know of its provider.
type Traits struct {
	Name          string // as in DICTUMAL_PROVIDER
	DefaultStream Stream
	// Absences is how often, and AbsenceSpan over how long, a machine must be
	// seen missing before it counts as gone: some clouds answer 404 or leave a
	// machine out of a list while it still runs.
	Absences    int
	AbsenceSpan time.Duration
	// PollEvery is how often a machine that is being made or removed is looked
	// at where no Watcher tells of it.
	PollEvery time.Duration
	// Billing is how the provider charges.
	Billing Billing
	// SharedKernel is true where machines share the host's kernel, a weaker wall
	// that people are told of.
	SharedKernel bool
}

// ProviderTitle is a provider's name as people write it.
func ProviderTitle(name string) string {
	switch name {
	case "incus":
		return "Incus"
	case "digitalocean":
		return "DigitalOcean"
	case "":
		return "The provider"
	}
	return name
}

// Catalog is what a provider offers.
type Catalog struct {
	Regions       []Region
	Sizes         []Size
	DefaultRegion string
	DefaultSize   string
}

// Region is a place where machines can be.
type Region struct {
	Slug string
	Name string
}

// Size is a kind of machine with its price.
type Size struct {
	Slug          string
	VCPUs         int
	MemoryMB      int
	DiskGB        int
	PricePerHour  float64 // USD
	PricePerMonth float64 // USD
	Regions       []string
}

// Size finds a size by its slug.
func (c Catalog) Size(slug string) (Size, bool) {
	for _, size := range c.Sizes {
		if size.Slug == slug {
			return size, true
		}
	}
	return Size{}, false
}

// HasRegion tells whether a region is on offer.
func (c Catalog) HasRegion(slug string) bool {
	for _, region := range c.Regions {
		if region.Slug == slug {
			return true
		}
	}
	return false
}

// Refusal is a provider's clear no: nothing was made and nothing removed.
type Refusal struct { //nolint:errname // the domain's word: what a provider says
	Reason   Reason
	Message  string // a sentence: what happened
	NextStep string // a sentence: what to do
	// RetryAfter is how long to wait before asking again; zero says that asking
	// again would get the same answer.
	RetryAfter time.Duration
	Cause      error
}

// Error joins what happened with its cause, for logs.
func (r *Refusal) Error() string {
	if r.Cause == nil {
		return r.Message
	}
	return strings.TrimSuffix(r.Message, ".") + ": " + r.Cause.Error()
}

// Unwrap gives the cause.
func (r *Refusal) Unwrap() error { return r.Cause }

// Failure is the refusal as a deployment shows it.
func (r *Refusal) Failure() *Failure {
	return &Failure{Reason: r.Reason, Cause: r.Message, NextStep: r.NextStep}
}
