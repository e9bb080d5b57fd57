package gateway

import (
	"maps"
	"sync/atomic"
)

// Stats is what a gateway has carried since it began.
type Stats struct {
	Open   int    // viewers now
	Opened uint64 // viewers ever
	// Closed counts the streams that have ended, by a word for why; one that has not
	// been is zero.
	Closed    map[string]uint64
	ToBrowser uint64 // bytes
	ToMachine uint64 // bytes
}

// Stats are the present numbers.
func (g *Gateway) Stats() Stats {
	g.mutex.Lock()
	open, closed := len(g.sessions), maps.Clone(g.closed)
	g.mutex.Unlock()
	return Stats{
		Open:      open,
		Opened:    g.stats.opened.Load(),
		Closed:    closed,
		ToBrowser: g.stats.toBrowser.Load(),
		ToMachine: g.stats.toMachine.Load(),
	}
}

// Private

type counters struct {
	opened, toBrowser, toMachine atomic.Uint64
}
