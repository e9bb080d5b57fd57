package metrics

import (
	"cmp"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dictumal/dictumal"
)

// Moved counts that a deployment has left a status for the one that it has now. One
// that was ordered left none.
func (m *Metrics) Moved(from dictumal.Status, now dictumal.Deployment) {
	d := m.deployments
	d.moves.WithLabelValues(cmp.Or(string(from), "none"), string(now.Status)).Inc()
	switch {
	case now.Status == dictumal.Active:
		d.ready.WithLabelValues(string(now.Stream)).Observe(now.ActiveAt.Sub(now.CreatedAt).Seconds())
	case now.Status == dictumal.Errored && now.Failure != nil:
		d.failures.WithLabelValues(string(now.Failure.Reason)).Inc()
	}
}

// Private

type deployments struct {
	moves, failures *prometheus.CounterVec
	ready           *prometheus.HistogramVec
}

func newDeployments() deployments {
	return deployments{
		moves: counters("transitions_total", "Deployments that have left one status for another; none before the first.", "from", "to"),
		failures: counters("deployment_failures_total", "Deployments that have come to ERROR, by the reason that people are told.",
			"reason"),
		ready: histograms("deployment_ready_seconds", "Time from the order of a deployment until it was ACTIVE, by stream.",
			[]float64{2, 5, 10, 20, 30, 60, 90, 120, 180, 300, 600, 1200}, "stream"),
	}
}
