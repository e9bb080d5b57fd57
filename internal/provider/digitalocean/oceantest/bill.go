package oceantest

import (
	"math"
	"time"
)

// Charge is what one droplet costs from its create to its end, whether it is on
// or off.
type Charge struct {
	ID      int
	Name    string
	From    time.Time
	Until   time.Time // zero while it is still there
	Seconds float64
	USD     float64 // by the second: at least a minute or a cent, at most the month's price
}

// Bill lists the charges for all droplets until now.
func (o *Ocean) Bill() []Charge {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := time.Now()
	o.settle(now)
	var bill []Charge
	for _, d := range o.droplets {
		charge := Charge{ID: d.ID, Name: d.Name, From: d.bornAt}
		until := now
		if reached(d.goneAt, now) {
			charge.Until, until = d.goneAt, d.goneAt
		}
		charge.Seconds = until.Sub(charge.From).Seconds()
		size, _ := o.catalog.Size(d.Size)
		billed := math.Max(60, charge.Seconds) / 3600 * float64(size.PriceHourly)
		charge.USD = math.Max(0.01, math.Min(billed, float64(size.PriceMonthly)))
		bill = append(bill, charge)
	}
	return bill
}
