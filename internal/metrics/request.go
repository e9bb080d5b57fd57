package metrics

import (
	"cmp"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dictumal/dictumal/internal/turnstile"
)

// Answered counts an answer of the server.
func (m *Metrics) Answered(route string, code int, took time.Duration) {
	m.requests.WithLabelValues(cmp.Or(route, "none"), strconv.Itoa(code)).Observe(took.Seconds())
}

// TurnedAway counts a connection that the server has closed without a request.
func (m *Metrics) TurnedAway(bound string) { m.refused.WithLabelValues(bound).Inc() }

// Private

func newRefused() *prometheus.CounterVec {
	refused := counters("connections_refused_total", "Connections that were closed at once, since as many were open as may be, by the bound.", "bound")
	for _, bound := range []string{turnstile.Address, turnstile.Assignment, turnstile.All} {
		refused.WithLabelValues(bound) // is zero from the beginning
	}
	return refused
}

func newBuild(version string) prometheus.Collector {
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Namespace: namespace, Name: "build_info", Help: "1; the label says which version runs.",
		ConstLabels: prometheus.Labels{"version": version},
	})
	build.Set(1)
	return build
}
