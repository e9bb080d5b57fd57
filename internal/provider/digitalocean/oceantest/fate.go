package oceantest

import "time"

// The faults of droplets: each falls on the droplet that the call makes.

// StuckNew leaves the droplet new for ever.
func StuckNew() Fault {
	return fate("stuck new", func(d *droplet, _ time.Time) {
		d.activeAt, d.addressAt = time.Time{}, time.Time{}
	})
}

// Errored lets the create action fail; the droplet stays, and stays new.
func Errored() Fault {
	return fate("errored create", func(d *droplet, _ time.Time) {
		d.activeAt, d.addressAt, d.errored = time.Time{}, time.Time{}, true
	})
}

// ListLag keeps the droplet out of lists for a time; by its id it can be got.
func ListLag(lag time.Duration) Fault {
	return fate("list lag", func(d *droplet, now time.Time) { d.listedAt = now.Add(lag) })
}

// LateTags gives the droplet its tags after a time.
func LateTags(lag time.Duration) Fault {
	return fate("late tags", func(d *droplet, now time.Time) { d.taggedAt = now.Add(lag) })
}

// NoTags never gives the droplet its tags.
func NoTags() Fault {
	return fate("no tags", func(d *droplet, _ time.Time) { d.taggedAt = time.Time{} })
}

// LateAddress gives the droplet its address so much later.
func LateAddress(lag time.Duration) Fault {
	return fate("late address", func(d *droplet, _ time.Time) {
		if !d.addressAt.IsZero() {
			d.addressAt = d.addressAt.Add(lag)
		}
	})
}

// ChangedAddress gives the droplet another address after a time.
func ChangedAddress(after time.Duration) Fault {
	return fate("changed address", func(d *droplet, now time.Time) { d.readdressAt = now.Add(after) })
}

// Vanishes removes the droplet after a time, though nobody has asked for it.
func Vanishes(after time.Duration) Fault {
	return fate("vanishes", func(d *droplet, now time.Time) { d.goneAt = now.Add(after) })
}

// GoesOff switches the droplet off after a time. It is billed all the same.
func GoesOff(after time.Duration) Fault {
	return fate("goes off", func(d *droplet, now time.Time) { d.offAt = now.Add(after) })
}

// Private

func fate(name string, befall func(*droplet, time.Time)) Fault {
	return Fault{name: name, after: func(c *call, a *answer) *answer {
		if c.made != nil {
			befall(c.made, c.now)
		}
		return a
	}}
}
