package gateway

import "sync/atomic"

// Stats is what a gateway has carried since it began.
type Stats struct {
	Open      int    // viewers now
	Opened    uint64 // viewers ever
	Slow      uint64 // viewers that were dropped for being too slow
	ToBrowser uint64 // bytes
	ToMachine uint64 // bytes
}

// Stats are the present numbers.
func (g *Gateway) Stats() Stats {
	g.mutex.Lock()
	open := len(g.sessions)
	g.mutex.Unlock()
	return Stats{
		Open:      open,
		Opened:    g.stats.opened.Load(),
		Slow:      g.stats.slow.Load(),
		ToBrowser: g.stats.toBrowser.Load(),
		ToMachine: g.stats.toMachine.Load(),
	}
}

// Private

type counters struct {
	opened, slow, toBrowser, toMachine atomic.Uint64
}
