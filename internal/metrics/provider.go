package metrics

import (
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dictumal/dictumal"
)

// Call is one call of the provider's API.
type Call struct {
	Name    string // method and route, in which nothing is named
	Outcome string
	Took    time.Duration
	Left    int // calls that the provider still allows, as it has said; negative: it has not
}

// Called counts a call of the provider's API.
func (m *Metrics) Called(c Call) {
	m.provider.calls.WithLabelValues(c.Name, c.Outcome).Inc()
	m.provider.took.WithLabelValues(c.Name).Observe(c.Took.Seconds())
	if c.Left >= 0 {
		m.provider.left.WithLabelValues().Set(float64(c.Left))
	}
}

// Asked counts what the provider has refused.
func (m *Metrics) Asked(err error) {
	if refusal, ok := errors.AsType[*dictumal.Refusal](err); ok {
		m.provider.refusals.WithLabelValues(string(refusal.Reason)).Inc()
	}
}

// Private

type provider struct {
	calls, refusals *prometheus.CounterVec
	took            *prometheus.HistogramVec
	left            *prometheus.GaugeVec
}

func newProvider() provider {
	return provider{
		calls: counters("provider_calls_total", "Calls of the provider's API, by route and outcome; withheld ones were not sent.",
			"call", "outcome"),
		took: histograms("provider_call_seconds", "Time until a call of the provider's API was answered, with the wait for its turn.",
			[]float64{.005, .02, .1, .25, .5, 1, 2.5, 5, 10, 20}, "call"),
		left:     unknown("provider_limit_remaining", "Calls that the provider still allows in the present hour, as it has said last."),
		refusals: byReason("provider_refusals_total", "What was asked of the provider and refused with a reason, for deployments and sweeps."),
	}
}

func newHealth(healthy func() bool) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Namespace: namespace, Name: "provider_ok", Help: "1 while the provider answers as it should, else 0.",
	}, func() float64 {
		if healthy() {
			return 1
		}
		return 0
	})
}
