package oceantest

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Machines is what runs behind the droplets. Of one droplet it is asked one thing
// at a time; what it does may take its time.
type Machines interface {
	// Boot makes and starts a droplet's machine and gives its IPv4 address.
	Boot(ctx context.Context, d Droplet) (ip string, err error)
	PowerOff(ctx context.Context, id int) error
	PowerOn(ctx context.Context, id int) error
	// Destroy removes all that Boot has made, also where it has failed.
	Destroy(ctx context.Context, id int) error
}

// Wait blocks until all that is under way behind the droplets is done.
func (o *Ocean) Wait(ctx context.Context) error {
	for _, m := range o.machines() {
		select {
		case <-m:
		case <-ctx.Done():
			return fmt.Errorf("wait for the machines: %w", ctx.Err())
		}
	}
	return nil
}

// Close destroys the machines behind all droplets and waits until they are gone.
// It gives what kept some of them. Whoever asks the account for something after it
// hears that it is not in service.
func (o *Ocean) Close(ctx context.Context) error {
	o.mu.Lock()
	o.closed = true
	for _, d := range o.droplets {
		d.machine.destroy(o, func() {})
	}
	o.mu.Unlock()
	failed := []error{o.Wait(ctx)}
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, d := range o.droplets {
		if d.machine != nil {
			failed = append(failed, d.machine.err)
		}
	}
	return errors.Join(failed...)
}

// Private

// machine is what stands behind one droplet; nil where nothing does. Everything
// that is done to it is done outside the account's lock, in the order in which it
// was asked for under it.
type machine struct {
	machines Machines
	id       int
	ended    bool
	last     chan struct{} // closed when all that was asked for until now is done
	err      error         // why it could not be destroyed
}

// boot starts a droplet's machine in the background. The droplet is active with
// an address once it is there, and its create has failed where it is not.
func (o *Ocean) boot(d *droplet) {
	if o.options.Machines == nil || d.errored {
		return
	}
	d.machine = &machine{machines: o.options.Machines, id: d.ID, last: make(chan struct{})}
	close(d.machine.last)
	stuck, late := d.activeAt.IsZero(), d.addressAt.Sub(d.activeAt)
	d.activeAt, d.addressAt = time.Time{}, time.Time{}
	order := d.Droplet
	d.machine.do(func() {
		ip, err := o.options.Machines.Boot(o.life, order)
		o.mu.Lock()
		defer o.mu.Unlock()
		switch {
		case err != nil:
			d.errored = true
		case !stuck:
			d.address = ip
			d.activeAt = time.Now()
			d.addressAt = d.activeAt.Add(late)
		}
	})
}

func (m *machine) powerOff(o *Ocean) {
	m.do(func() { _ = m.machines.PowerOff(o.life, m.id) })
}

func (m *machine) powerOn(o *Ocean) {
	m.do(func() { _ = m.machines.PowerOn(o.life, m.id) })
}

// destroy removes the machine and calls gone, under the account's lock, once it
// is. Where it cannot be removed it may be tried again.
func (m *machine) destroy(o *Ocean, gone func()) {
	if m == nil || m.ended {
		return
	}
	m.ended = true
	m.do(func() {
		err := m.machines.Destroy(o.life, m.id)
		o.mu.Lock()
		defer o.mu.Unlock()
		if m.err = err; err != nil {
			m.ended = false
			return
		}
		gone()
	})
}

// machines gives the present end of what each machine has to do.
func (o *Ocean) machines() []<-chan struct{} {
	o.mu.Lock()
	defer o.mu.Unlock()
	var ends []<-chan struct{}
	for _, d := range o.droplets {
		if d.machine != nil {
			ends = append(ends, d.machine.last)
		}
	}
	return ends
}

func (m *machine) do(what func()) {
	if m == nil {
		return
	}
	before, done := m.last, make(chan struct{})
	m.last = done
	go func() {
		defer close(done)
		<-before
		what()
	}()
}
