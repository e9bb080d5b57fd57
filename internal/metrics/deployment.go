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
	d.moves.WithLabelValues(cmp.Or(string(from), unborn), string(now.Status)).Inc()
	switch {
	case now.Status == dictumal.Active:
		d.ready.WithLabelValues(string(now.Stream)).Observe(now.ActiveAt.Sub(now.CreatedAt).Seconds())
	case now.Status == dictumal.Errored && now.Failure != nil:
		d.failures.WithLabelValues(string(now.Failure.Reason)).Inc()
	}
}

// Private

const unborn = "none" // what a deployment that was just ordered has left

type deployments struct {
	moves, failures *prometheus.CounterVec
	ready           *prometheus.HistogramVec
}

func newDeployments() deployments {
	return deployments{
		moves:    newMoves(),
		failures: byReason("deployment_failures_total", "Deployments that have come to ERROR, by the reason that people are told."),
		ready: histograms("deployment_ready_seconds", "Time from the order of a deployment until it was ACTIVE, by stream.",
			[]float64{2, 5, 10, 20, 30, 60, 90, 120, 180, 300, 600, 1200}, "stream"),
	}
}

// newMoves has every move that there is from the beginning.
func newMoves() *prometheus.CounterVec {
	moves := counters("transitions_total", "Deployments that have left one status for another; none before the first.", "from", "to")
	moves.WithLabelValues(unborn, string(dictumal.Provisioning))
	for _, from := range dictumal.Statuses() {
		for _, to := range dictumal.Statuses() {
			if from.CanBecome(to) {
				moves.WithLabelValues(string(from), string(to))
			}
		}
	}
	return moves
}
