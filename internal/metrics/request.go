package metrics

import (
	"cmp"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Answered counts an answer of the server.
func (m *Metrics) Answered(route string, code int, took time.Duration) {
	m.requests.WithLabelValues(cmp.Or(route, "none"), strconv.Itoa(code)).Observe(took.Seconds())
}

// Private

func newBuild(version string) prometheus.Collector {
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Namespace: namespace, Name: "build_info", Help: "1; the label says which version runs.",
		ConstLabels: prometheus.Labels{"version": version},
	})
	build.Set(1)
	return build
}
