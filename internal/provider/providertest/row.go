package providertest

import (
	"time"

	"github.com/dictumal/dictumal"
)

// row is a machine in memory. What it shows follows from the time.
type row struct {
	id, ip    string
	spec      dictumal.MachineSpec
	off       bool
	createdAt time.Time
	activeAt  time.Time
	addressAt time.Time
	appearsAt time.Time
	goneAt    time.Time // zero: it stays
}

func (r *row) seen(now time.Time) dictumal.Machine {
	machine := dictumal.Machine{ID: r.id, Name: r.spec.Name, Size: r.spec.Size, Power: dictumal.PowerNew, CreatedAt: r.createdAt}
	switch {
	case r.off:
		machine.Power = dictumal.PowerOff
	case !r.activeAt.After(now):
		machine.Power = dictumal.PowerActive
	}
	if !r.addressAt.After(now) {
		machine.IP = r.ip
	}
	return machine
}
