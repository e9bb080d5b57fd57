// Package metrics counts what the program does, and tells it to a monitoring
// system in the form that Prometheus reads. docs/observability.md says what each
// metric is good for.
package metrics

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/dictumal/dictumal/internal/gateway"
)

// Metrics counts from the moment that it is made. Its labels take few values: words
// of the program's own, never a name, an id or what somebody has sent.
type Metrics struct {
	deployments deployments
	steps       steps
	provider    provider
	sweeps      sweeps
	requests    *prometheus.HistogramVec
	refused     *prometheus.CounterVec
}

// New begins to count.
func New() *Metrics {
	return &Metrics{
		deployments: newDeployments(), steps: newSteps(), provider: newProvider(), sweeps: newSweeps(),
		requests: histograms("http_requests_seconds",
			"Time from a request until its answer began, by the pattern of its route and the answer's code.",
			[]float64{.001, .005, .02, .1, .5, 2, 10}, "route", "code"),
		refused: newRefused(),
	}
}

// Sources is where what is not counted is read when somebody asks.
type Sources struct {
	Version  string
	Provider string // that new deployments have
	Streams  func() gateway.Stats
	Census   Census
	// Healthy tells whether the provider answers as it should; nil: it does not tell.
	Healthy func() bool
	Log     *slog.Logger
}

// Handler answers with all metrics.
func (m *Metrics) Handler(from Sources) http.Handler {
	// When first asked for: a server that starts has better things to do.
	answer := sync.OnceValue(func() http.Handler {
		return promhttp.HandlerFor(m.registry(from), promhttp.HandlerOpts{
			ErrorLog:      complaints{from.Log},
			ErrorHandling: promhttp.ContinueOnError, // whatever can be read is worth having
		})
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { answer().ServeHTTP(w, r) })
}

// Private

func (m *Metrics) registry(from Sources) *prometheus.Registry {
	all := prometheus.NewRegistry()
	all.MustRegister(
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		newBuild(from.Version), newCensus(from), &streams{read: from.Streams},
		m.deployments.moves, m.deployments.failures, m.deployments.ready,
		m.steps.took, m.steps.fenced, m.steps.late,
		m.provider.calls, m.provider.took, m.provider.left, m.provider.refusals,
		m.sweeps.at, m.sweeps.listed, m.sweeps.unowned, m.sweeps.removed, m.sweeps.reported,
		m.requests, m.refused,
	)
	if from.Healthy != nil {
		all.MustRegister(newHealth(from.Healthy))
	}
	return all
}

// complaints puts what cannot be read into the log.
type complaints struct{ log *slog.Logger }

func (c complaints) Println(what ...any) {
	c.log.Warn("Some metrics could not be read.", "error", strings.TrimSpace(fmt.Sprintln(what...)))
}
