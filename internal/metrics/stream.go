package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/dictumal/dictumal/internal/gateway"
)

// Private

// streams reads what the gateway counts itself.
type streams struct{ read func() gateway.Stats }

var (
	streamsNow    = description("stream_sessions", "Viewers who see a desktop at this moment.")
	streamsOpened = description("stream_sessions_opened_total", "Viewers who have come.")
	streamsClosed = description("stream_sessions_closed_total", "Streams that have ended, by the reason that the viewer was told; left where the viewer did.", "reason")
	streamsBytes  = description("stream_bytes_total", "Bytes of streams, to browsers and to machines.", "direction")
)

func (s *streams) Describe(to chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{streamsNow, streamsOpened, streamsClosed, streamsBytes} {
		to <- desc
	}
}

func (s *streams) Collect(to chan<- prometheus.Metric) {
	stats := s.read()
	tell := func(desc *prometheus.Desc, kind prometheus.ValueType, value uint64, labels ...string) {
		to <- prometheus.MustNewConstMetric(desc, kind, float64(value), labels...)
	}
	tell(streamsNow, prometheus.GaugeValue, uint64(stats.Open))
	tell(streamsOpened, prometheus.CounterValue, stats.Opened)
	for _, word := range gateway.Words() {
		tell(streamsClosed, prometheus.CounterValue, stats.Closed[word], word)
	}
	tell(streamsBytes, prometheus.CounterValue, stats.ToBrowser, "to-browser")
	tell(streamsBytes, prometheus.CounterValue, stats.ToMachine, "to-machine")
}
