package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/dictumal/dictumal"
)

// Private

const namespace = "dictumal"

func counter(name, help string) prometheus.Counter {
	return prometheus.NewCounter(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help})
}

func counters(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help}, labels)
}

// byReason counts by a reason that people are told. Each is zero from the beginning: from
// nothing to one is no increase for whoever watches.
func byReason(name, help string) *prometheus.CounterVec {
	all := counters(name, help, "reason")
	for _, reason := range dictumal.Reasons() {
		all.WithLabelValues(string(reason))
	}
	return all
}

// unknown is a gauge that is not there until it is set: nothing is known of it, and
// zero would be an answer.
func unknown(name, help string) *prometheus.GaugeVec {
	return prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: namespace, Name: name, Help: help}, nil)
}

func histogram(name, help string, buckets []float64) prometheus.Histogram {
	return prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: namespace, Name: name, Help: help, Buckets: buckets})
}

func histograms(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: namespace, Name: name, Help: help, Buckets: buckets}, labels)
}

func description(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(prometheus.BuildFQName(namespace, "", name), help, labels, nil)
}
