package metrics

import (
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

// Claimed notes how late the row was claimed that had been due longest.
func (m *Metrics) Claimed(late time.Duration) { m.steps.late.Observe(late.Seconds()) }

// Stepped counts a step with a row.
func (m *Metrics) Stepped(status dictumal.Status, took time.Duration, err error) {
	outcome := outcomeOf(err)
	m.steps.took.WithLabelValues(string(status), outcome).Observe(took.Seconds())
	if outcome == outcomeFenced {
		m.steps.fenced.Inc()
	}
}

// Private

type steps struct {
	took   *prometheus.HistogramVec
	fenced prometheus.Counter
	late   prometheus.Histogram
}

func newSteps() steps {
	return steps{
		took: histograms("step_seconds", "Time that one step with a deployment took, by the status in which it was and what came of it.",
			[]float64{.005, .02, .1, .5, 1, 2.5, 5, 10, 20, 30}, "status", "outcome"),
		fenced: counter("steps_fenced_total", "Steps whose result was not written, because the deployment had passed to another worker."),
		late: histogram("claims_lag_seconds", "Time by which the deployment was overdue that had been due longest, at each claim.",
			[]float64{.01, .05, .1, .5, 1, 5, 15, 60, 300}),
	}
}

const outcomeFenced = "fenced"

func outcomeOf(err error) string {
	_, refused := errors.AsType[*dictumal.Refusal](err)
	switch {
	case err == nil:
		return "ok"
	case errors.Is(err, store.ErrFenced):
		return outcomeFenced
	case refused:
		return "refused"
	case errors.Is(err, context.Canceled):
		return "interrupted"
	}
	return "failed"
}
