package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/dictumal/dictumal/internal/reconcile"
)

// Swept notes what a sweep has found. One that could not read the list or the rows
// has found nothing, which says nothing.
func (m *Metrics) Swept(found reconcile.Sweep, err error) {
	s := m.sweeps
	if err == nil {
		s.at.WithLabelValues().SetToCurrentTime()
	} else if found == (reconcile.Sweep{}) {
		return
	}
	s.listed.WithLabelValues().Set(float64(found.Listed))
	s.unowned.WithLabelValues().Set(float64(found.Unowned))
	s.removed.Add(float64(found.Removed))
	s.reported.Add(float64(found.Reported))
}

// Removed is of no interest: moves and sweeps are counted.
func (m *Metrics) Removed(string, string) {}

// Private

type sweeps struct {
	at, listed, unowned *prometheus.GaugeVec
	removed, reported   prometheus.Counter
}

func newSweeps() sweeps {
	return sweeps{
		at:      unknown("sweep_timestamp_seconds", "When a sweep of this process last came to its end without an error."),
		listed:  unknown("machines_listed", "Machines of this installation that the provider listed at the last sweep."),
		unowned: unknown("sweeper_unowned", "Machines at the last sweep that no deployment owns."),
		removed: counter("sweeper_removed_total", "Removals of machines that no deployment owned; one that is still listed is removed again."),
		reported: counter("sweeper_reported_total",
			"Machines that no deployment owned and that were left alone until an admin confirms, as after a restored backup."),
	}
}
