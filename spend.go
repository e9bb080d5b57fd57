package dictumal

import "time"

// RemovalReserve is how long a machine may go on costing after its end, until the
// provider has removed it. Whoever bounds what is spent counts it in.
const RemovalReserve = 5 * time.Minute

// Month is the most that a machine with the price costs in one calendar month, in USD.
func (b Billing) Month(pricePerHour float64) float64 {
	from := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC) // no month is longer
	return b.Charge(pricePerHour, from, monthAfter(from))
}

// Committed is the most that the deployment may still cost in a calendar month,
// whatever it has cost, in USD. One that nothing ends counts for a whole month, over
// and over; one that is being removed for as long as it could have lived, until it is
// proven gone.
func (d Deployment) Committed(now time.Time) float64 {
	switch {
	case d.PricePerHour <= 0, !d.DestroyedAt.IsZero(), !d.MachineGoneAt.IsZero():
		return 0
	case d.Status != Provisioning && (d.MachineName == "" || d.OrderedAt.IsZero()):
		return 0 // nothing was made, and nothing will be
	case d.OrderedAt.IsZero():
		return d.unordered(now)
	}
	ending, ok := d.Ending()
	return d.until(ending.At, ok, d.OrderedAt, now)
}

// Private

// unordered is what a machine may cost that is yet to be ordered.
func (d Deployment) unordered(now time.Time) float64 {
	most := d.until(d.ExpiresAt, !d.ExpiresAt.IsZero(), now, now)
	if budget := d.Policy.Lifetime.Budget; budget > 0 {
		most = min(most, budget+d.Billing.Charge(d.PricePerHour, now, now.Add(RemovalReserve)))
	}
	return most
}

// until is what a machine may still cost that was there from a time on, and its
// removal after its end. What should have gone by now may stay for ever.
func (d Deployment) until(end time.Time, ends bool, from, now time.Time) float64 {
	month := d.Billing.Month(d.PricePerHour)
	end = end.Add(RemovalReserve)
	if !ends || !now.Before(end) {
		return month
	}
	left := d.Billing.Charge(d.PricePerHour, from, end) - d.Billing.Charge(d.PricePerHour, from, now)
	return min(max(left, 0), month)
}
