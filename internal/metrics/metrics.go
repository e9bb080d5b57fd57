// Package metrics tells a monitoring system how the program does, in the form
// that Prometheus reads.
package metrics

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/dictumal/dictumal/internal/gateway"
)

// Handler answers with all metrics.
func Handler(streams func() gateway.Stats) http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		gauge("dictumal_stream_sessions", "Viewers at this moment.", func() float64 { return float64(streams().Open) }),
		counter("dictumal_stream_sessions_total", "Viewers ever.", func() float64 { return float64(streams().Opened) }),
		counter("dictumal_stream_slow_total", "Viewers dropped for being too slow.", func() float64 { return float64(streams().Slow) }),
		counter("dictumal_stream_received_bytes_total", "Bytes from browsers to desktops.",
			func() float64 { return float64(streams().ToMachine) }),
		counter("dictumal_stream_sent_bytes_total", "Bytes from desktops to browsers.",
			func() float64 { return float64(streams().ToBrowser) }),
	)
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}

// Private

func gauge(name, help string, value func() float64) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value)
}

func counter(name, help string, value func() float64) prometheus.Collector {
	return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, value)
}
