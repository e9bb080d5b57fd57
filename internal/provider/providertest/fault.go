package providertest

import (
	"context"
	"slices"
	"time"

	"github.com/dictumal/dictumal"
)

// Call names a call of a provider.
type Call string

// The calls that can be told to fail.
const (
	CallCreate  Call = "create"
	CallFind    Call = "find"
	CallInspect Call = "inspect"
	CallStart   Call = "start"
	CallDestroy Call = "destroy"
	CallList    Call = "list"
	CallCatalog Call = "catalog"
	CallForget  Call = "forget"
)

// Fault is how one call goes wrong.
type Fault struct {
	// Err is what the caller gets; nil where the call only takes its time.
	Err error
	// Done says that the effect happens all the same: the answer is lost.
	Done bool
	// Twice says that a create is carried out twice.
	Twice bool
	// Delay is how long the call takes. It ends early with its context, and then
	// has no effect.
	Delay time.Duration
}

// Fail lets the next calls go wrong, one fault for each.
func (m *Memory) Fail(call Call, faults ...Fault) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.faults[call] = append(m.faults[call], faults...)
}

// Behave changes how quick and honest the provider is from now on.
func (m *Memory) Behave(change func(*Behaviour)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change(&m.behaviour)
}

// SetQuota refuses creates beyond so many machines; negative: none.
func (m *Memory) SetQuota(count int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.quota = count
}

// Calls tells how often a call was made.
func (m *Memory) Calls(call Call) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.calls[call]
}

// Machines lists every machine that there really is, whosever it is, whether or
// not the provider would show it.
func (m *Memory) Machines() []dictumal.Machine {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []dictumal.Machine
	for _, r := range m.living() {
		all = append(all, r.seen(time.Now()))
	}
	return all
}

// UserData is the user-data that a machine has.
func (m *Memory) UserData(id string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r := m.row(id); r != nil {
		return r.spec.UserData
	}
	return ""
}

// Add makes a machine without being asked by anybody, as another installation
// or a lost order would.
func (m *Memory) Add(name string) dictumal.Machine {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.add(dictumal.MachineSpec{Name: name}).seen(time.Now())
}

// Vanish removes a machine behind everybody's back.
func (m *Memory) Vanish(id string) {
	m.alter(id, func(r *row) { r.goneAt = time.Now() })
}

// PowerOff turns a machine off behind everybody's back.
func (m *Memory) PowerOff(id string) {
	m.alter(id, func(r *row) { r.off = true })
}

// Readdress gives a machine another address, as a cloud may.
func (m *Memory) Readdress(id, ip string) {
	m.alter(id, func(r *row) { r.ip = ip })
}

// Private

func (m *Memory) alter(id string, effect func(*row)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	index := slices.IndexFunc(m.living(), func(r *row) bool { return r.id == id })
	if index < 0 {
		return
	}
	r := m.machines[index]
	effect(r)
	m.tell(time.Now(), r.spec.Name)
}

// begin counts the call, takes its fault and lets its time pass.
func (m *Memory) begin(ctx context.Context, call Call) (Fault, error) {
	m.mu.Lock()
	m.calls[call]++
	var fault Fault
	if waiting := m.faults[call]; len(waiting) > 0 {
		fault, m.faults[call] = waiting[0], waiting[1:]
	}
	m.mu.Unlock()
	if fault.Delay == 0 {
		return fault, ctx.Err()
	}
	timer := time.NewTimer(fault.Delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return fault, nil
	case <-ctx.Done():
		return fault, ctx.Err()
	}
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
