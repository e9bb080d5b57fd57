package oceantest

import (
	"fmt"
	"slices"
	"time"
)

// Droplet is a machine as the account has it.
type Droplet struct {
	ID        int
	Name      string
	Region    string
	Size      string
	Image     string
	SSHKeys   []int
	Tags      []string
	UserData  string
	Status    string // new, active or off
	IP        string // empty until there is one
	CreatedAt time.Time
}

// Private

// droplet is a machine with its fate: the moments at which things happen to it
// whether or not anybody looks. A zero moment never comes.
type droplet struct {
	Droplet
	activeAt, addressAt  time.Time
	listedAt, taggedAt   time.Time
	offAt, readdressAt   time.Time
	bornAt               time.Time
	deletedAt, goneAt    time.Time
	off                  bool
	errored              bool // its create action has failed
	address, nextAddress string
	machine              *machine
}

func reached(moment, now time.Time) bool { return !moment.IsZero() && !now.Before(moment) }

func (d *droplet) there(now time.Time) bool { return !reached(d.goneAt, now) }

func (d *droplet) listed(now time.Time) bool { return d.there(now) && reached(d.listedAt, now) }

func (d *droplet) status(now time.Time) string {
	switch {
	case d.off:
		return "off"
	case reached(d.activeAt, now):
		return "active"
	}
	return "new"
}

func (d *droplet) ip(now time.Time) string {
	if reached(d.addressAt, now) {
		return d.address
	}
	return ""
}

func (d *droplet) tags(now time.Time) []string {
	if reached(d.taggedAt, now) {
		return d.Tags
	}
	return []string{}
}

func (d *droplet) show(now time.Time) Droplet {
	shown := d.Droplet
	shown.Status, shown.IP, shown.Tags = d.status(now), d.ip(now), slices.Clone(d.tags(now))
	return shown
}

// settle lets happen what was to happen until now.
func (o *Ocean) settle(now time.Time) {
	for _, d := range o.droplets {
		if reached(d.offAt, now) {
			d.off, d.offAt = true, time.Time{}
			d.machine.powerOff(o)
		}
		if reached(d.readdressAt, now) {
			d.address, d.readdressAt = d.nextAddress, time.Time{}
		}
		if reached(d.goneAt, now) {
			d.machine.destroy(o, func() {})
		}
	}
}

// find gives the droplet of an id, and nil where it is not there.
func (o *Ocean) find(id int, now time.Time) *droplet {
	for _, d := range o.droplets {
		if d.ID == id && d.there(now) {
			return d
		}
	}
	return nil
}

func (o *Ocean) count(now time.Time) int {
	count := 0
	for _, d := range o.droplets {
		if d.there(now) {
			count++
		}
	}
	return count
}

// addresses gives two of 198.18.0.0/15, the network that is set aside for tests:
// one for the droplet's start, and one for when it changes.
func addresses(id int) (first, next string) {
	low := id % (1 << 15)
	return fmt.Sprintf("198.18.%d.%d", low>>8, low&0xff), fmt.Sprintf("198.19.%d.%d", low>>8, low&0xff)
}
