// Package oceantest is a stand-in for DigitalOcean's API: an account that lives in
// memory behind the same HTTP interface, with the faults that the real one is
// known for. It costs nothing and makes no droplet; what runs behind its droplets
// is up to [Machines].
package oceantest

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Options says what account it is, and how well its cloud works. The zero value
// is an account without faults whose droplets boot at once.
type Options struct {
	// Token is the only one that is let in.
	Token string
	// Scopes is what the token may do, as "droplet:create"; nil for everything.
	Scopes []string
	// Machines is what runs behind the droplets; nil for nothing.
	Machines Machines
	// Boot is how long a droplet without a machine is new, and AddressAfter how
	// much later it has its address. A droplet is never active in the answer to its
	// create.
	Boot, AddressAfter time.Duration
	// Linger is how long a droplet that was deleted is still there.
	Linger time.Duration
	// Limit is how many droplets the account may have; 0 for 25.
	Limit int
	// Account is what the account's own page says.
	Account Account
	// Catalog is what can be ordered; nil for [DefaultCatalog].
	Catalog *Catalog
	Rate    Rate
	// Seed and Faults decide what goes wrong by chance. Each decision hangs on the
	// seed, the droplet's name and the number of the call for it alone, so that the
	// order of calls for different droplets changes nothing.
	Seed   uint64
	Faults Faults
}

// Account is the account's state: active where it is empty, warning or locked.
type Account struct {
	Status  string
	Message string
	UUID    string // empty: one that is always the same
}

// Ocean is the stand-in. It is safe for concurrent use.
type Ocean struct {
	options Options
	catalog Catalog
	mux     *http.ServeMux
	life    context.Context // of what is done behind the droplets; it outlives the call that asks for it

	mu        sync.Mutex
	droplets  []*droplet // the deleted ones too: they are on the bill
	actions   []*action
	keys      []key
	tags      []string
	firewalls []*firewall
	numbers   int // the last number that was given to a thing
	revoked   bool
	closed    bool
	calls     []Call
	limits    limits
	script    []*line
	counts    map[string]uint64
}

// New makes an account with nothing in it.
func New(options Options) *Ocean {
	if options.Limit == 0 {
		options.Limit = 25
	}
	if options.Account.Status == "" {
		options.Account.Status = "active"
	}
	o := &Ocean{
		options: options, catalog: DefaultCatalog(), mux: http.NewServeMux(), life: context.Background(),
		numbers: 300_000_000, limits: newLimits(options.Rate), counts: map[string]uint64{},
	}
	if options.Catalog != nil {
		o.catalog = *options.Catalog
	}
	o.route()
	return o
}

// Droplets lists the droplets that are there, with those that lists leave out.
func (o *Ocean) Droplets() []Droplet {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := time.Now()
	o.settle(now)
	var there []Droplet
	for _, d := range o.droplets {
		if d.there(now) {
			there = append(there, d.show(now))
		}
	}
	return there
}

// Calls lists every call with its answer, in order.
func (o *Ocean) Calls() []Call {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.calls)
}

// PowerOff switches a droplet off, as its own shutdown would.
func (o *Ocean) PowerOff(id int) { o.touch(id, func(d *droplet) { d.offAt = time.Now() }) }

// Vanish removes a droplet without anybody's having asked for it.
func (o *Ocean) Vanish(id int) { o.touch(id, func(d *droplet) { d.goneAt = time.Now() }) }

// Readdress gives a droplet another public address.
func (o *Ocean) Readdress(id int) {
	o.touch(id, func(d *droplet) { d.readdressAt = time.Now() })
}

// Rename gives a droplet another name, as somebody may in the control panel.
func (o *Ocean) Rename(id int, name string) { o.touch(id, func(d *droplet) { d.Name = name }) }

// Revoke makes the token invalid from now on.
func (o *Ocean) Revoke() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.revoked = true
}

// Private

func (o *Ocean) touch(id int, change func(*droplet)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if d := o.find(id, time.Now()); d != nil {
		change(d)
		o.settle(time.Now())
	}
}

// number gives the next number for a thing; all kinds share one row of them.
func (o *Ocean) number() int {
	o.numbers++
	return o.numbers
}
