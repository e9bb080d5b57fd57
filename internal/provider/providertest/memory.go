package providertest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/dictumal/dictumal"
)

// Memory is a provider whose machines are rows in memory. It can be told to
// fail in every way that real ones do. It starts no goroutines and knows no time
// but time.Now, so a test may run it on a fake clock.
type Memory struct {
	installation string
	behaviour    Behaviour

	mu       sync.Mutex
	machines []*row
	faults   map[Call][]Fault
	calls    map[Call]int
	watchers []*watcher
	made     int
	quota    int // negative: none
}

// Behaviour is how quick and how honest a Memory is. The zero value is at once
// and always.
type Behaviour struct {
	Boot     time.Duration // from the order until the machine is active
	Address  time.Duration // from the order until it has an address
	Appear   time.Duration // from the order until it can be found, inspected and listed
	Linger   time.Duration // from Destroy until it cannot be found any more
	Traits   dictumal.Traits
	StayOff  bool   // Start does nothing
	NoDelete bool   // Destroy does nothing
	Account  string // that pays; empty: nobody does
	Blind    bool   // it shows and touches no machine, as with the key to another account
}

var (
	_ dictumal.Provider          = (*Memory)(nil)
	_ dictumal.Watcher           = (*Memory)(nil)
	_ dictumal.Payer             = (*Memory)(nil)
	_ dictumal.UserDataForgetter = (*Memory)(nil)
)

// NewMemory makes a provider without machines.
func NewMemory(installation string, behaviour Behaviour) *Memory {
	if behaviour.Traits.Name == "" {
		behaviour.Traits = dictumal.Traits{
			Name: "memory", DefaultStream: dictumal.Native, Absences: 1, PollEvery: time.Second,
		}
	}
	return &Memory{
		installation: installation, behaviour: behaviour, quota: -1,
		faults: map[Call][]Fault{}, calls: map[Call]int{},
	}
}

// Account is the account that pays for the machines, if any.
func (m *Memory) Account(ctx context.Context) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.behaviour.Account, ctx.Err()
}

// Traits says what the behaviour says.
func (m *Memory) Traits() dictumal.Traits { return m.behaviour.Traits }

// Create makes a machine.
func (m *Memory) Create(ctx context.Context, spec dictumal.MachineSpec) (made dictumal.Machine, err error) {
	fault, err := m.begin(ctx, CallCreate)
	if err != nil {
		return dictumal.Machine{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if fault.Err != nil && !fault.Done {
		return dictumal.Machine{}, fault.Err
	}
	if m.quota >= 0 && len(m.living()) >= m.quota {
		return dictumal.Machine{}, &dictumal.Refusal{
			Reason: dictumal.ReasonQuota, Message: "No further machine is allowed.",
			NextStep: "Destroy a machine, and deploy again.",
		}
	}
	made = m.add(spec).seen(time.Now())
	if fault.Twice {
		m.add(spec)
	}
	if fault.Err != nil {
		return dictumal.Machine{}, fault.Err
	}
	return made, nil
}

// Find returns the machines with a name, oldest first.
func (m *Memory) Find(ctx context.Context, name string) ([]dictumal.Machine, error) {
	return m.look(ctx, CallFind, func(r *row) bool { return r.spec.Name == name })
}

// Inspect returns one machine.
func (m *Memory) Inspect(ctx context.Context, id string) (dictumal.Machine, error) {
	found, err := m.look(ctx, CallInspect, func(r *row) bool { return r.id == id })
	if err != nil {
		return dictumal.Machine{}, err
	}
	if len(found) == 0 {
		return dictumal.Machine{}, dictumal.ErrMachineNotFound
	}
	return found[0], nil
}

// List returns the installation's machines.
func (m *Memory) List(ctx context.Context) ([]dictumal.Machine, error) {
	return m.look(ctx, CallList, func(*row) bool { return true })
}

// Start powers a machine on.
func (m *Memory) Start(ctx context.Context, id string) error {
	return m.change(ctx, CallStart, id, dictumal.ErrMachineNotFound, func(r *row) {
		if !m.behaviour.StayOff {
			r.off = false
		}
	})
}

// Destroy removes a machine.
func (m *Memory) Destroy(ctx context.Context, id string) error {
	return m.change(ctx, CallDestroy, id, nil, func(r *row) {
		if !m.behaviour.NoDelete && r.goneAt.IsZero() {
			r.goneAt = time.Now().Add(m.behaviour.Linger)
			m.tell(r.goneAt, r.spec.Name)
		}
	})
}

// ForgetUserData removes a machine's user-data.
func (m *Memory) ForgetUserData(ctx context.Context, id string) error {
	return m.change(ctx, CallForget, id, dictumal.ErrMachineNotFound, func(r *row) { r.spec.UserData = "" })
}

// Catalog offers two sizes in two regions.
func (m *Memory) Catalog(ctx context.Context) (dictumal.Catalog, error) {
	fault, err := m.begin(ctx, CallCatalog)
	if err = firstError(err, fault.Err); err != nil {
		return dictumal.Catalog{}, err
	}
	regions := []string{"here", "there"}
	return dictumal.Catalog{
		Regions:       []dictumal.Region{{Slug: "here", Name: "Here"}, {Slug: "there", Name: "There"}},
		DefaultRegion: "here",
		Sizes: []dictumal.Size{
			{Slug: "small", VCPUs: 1, MemoryMB: 1024, DiskGB: 10, PricePerHour: 0.01, PricePerMonth: 6, Regions: regions},
			{Slug: "large", VCPUs: 4, MemoryMB: 8192, DiskGB: 80, PricePerHour: 0.10, PricePerMonth: 60, Regions: regions},
		},
		DefaultSize: "small",
	}, nil
}

// Private

// look is a call that reads.
func (m *Memory) look(ctx context.Context, call Call, wanted func(*row) bool) ([]dictumal.Machine, error) {
	fault, err := m.begin(ctx, call)
	if err = firstError(err, fault.Err); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	var found []dictumal.Machine
	for _, r := range m.living() {
		if !m.behaviour.Blind && m.ours(r) && wanted(r) && !r.appearsAt.After(now) {
			found = append(found, r.seen(now))
		}
	}
	return found, nil
}

// change is a call that writes to one machine.
func (m *Memory) change(ctx context.Context, call Call, id string, missing error, effect func(*row)) error {
	fault, err := m.begin(ctx, call)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if fault.Err != nil && !fault.Done {
		return fault.Err
	}
	r := m.row(id)
	if r == nil {
		return firstError(fault.Err, missing)
	}
	effect(r)
	m.tell(time.Now(), r.spec.Name)
	return fault.Err
}

func (m *Memory) add(spec dictumal.MachineSpec) *row {
	now := time.Now()
	m.made++
	r := &row{
		id: fmt.Sprintf("m-%d", m.made), ip: fmt.Sprintf("192.0.2.%d", m.made%250+1), spec: spec, createdAt: now,
		activeAt: now.Add(m.behaviour.Boot), addressAt: now.Add(m.behaviour.Address), appearsAt: now.Add(m.behaviour.Appear),
	}
	m.machines = append(m.machines, r)
	for _, at := range []time.Time{now, r.activeAt, r.addressAt, r.appearsAt} {
		m.tell(at, spec.Name)
	}
	return r
}

func (m *Memory) row(id string) *row {
	index := slices.IndexFunc(m.living(), func(r *row) bool { return r.id == id && m.ours(r) })
	if index < 0 || m.behaviour.Blind {
		return nil
	}
	return m.living()[index]
}

// living drops the machines whose time is over.
func (m *Memory) living() []*row {
	now := time.Now()
	m.machines = slices.DeleteFunc(m.machines, func(r *row) bool {
		return !r.goneAt.IsZero() && !r.goneAt.After(now)
	})
	return m.machines
}

func (m *Memory) ours(r *row) bool {
	_, ours := dictumal.ParseMachineName(m.installation, r.spec.Name)
	return ours
}
