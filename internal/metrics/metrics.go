// Package metrics tells a monitoring system how the program does, in the form
// that Prometheus reads.
package metrics

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Streams counts what the gateway carries.
type Streams interface {
	Open() int               // viewers at this moment
	Bytes() (up, down int64) // from browsers, and to them
}

// Handler answers with all metrics.
func Handler(streams Streams) http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	registry.MustRegister(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "dictumal_stream_sessions", Help: "Viewers at this moment.",
		}, func() float64 { return float64(streams.Open()) }),
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "dictumal_stream_received_bytes_total", Help: "Bytes from browsers to desktops.",
		}, func() float64 { up, _ := streams.Bytes(); return float64(up) }),
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "dictumal_stream_sent_bytes_total", Help: "Bytes from desktops to browsers.",
		}, func() float64 { _, down := streams.Bytes(); return float64(down) }),
	)
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}
