// Package memory gives garbage a room of its own. Go lets it become as large as what
// is in use: of a small heap that is so little that answers wait for the collector,
// and with thousands of viewers it is as much again as they take.
package memory

import (
	"context"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// Bound keeps garbage to its room until the context ends. After each collection it is
// known what is in use, and so when the next is due. Whoever has set GOGC has decided
// otherwise.
func Bound(ctx context.Context) error {
	if os.Getenv("GOGC") != "" {
		return nil
	}
	before := debug.SetGCPercent(percent(inUse()))
	defer debug.SetGCPercent(before)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-collection():
		}
		if next := percent(inUse()); next != chosen() {
			debug.SetGCPercent(next) // stops everything for a moment
		}
	}
}

// Private

const (
	// room is what garbage may take before it is collected.
	room = 24 << 20
	// least and most keep the collector from working all the time, and from never.
	least, most = 25, 400
)

// percent is the collector's measure of the room, beside what is in use.
func percent(inUse uint64) int {
	if inUse == 0 {
		return most
	}
	return int(min(max(room*100/inUse, least), most))
}

// collection is closed when the next collection is over: that finds that nobody holds
// the mark.
func collection() <-chan struct{} {
	over := make(chan struct{})
	mark := &struct{ over chan struct{} }{over}
	runtime.AddCleanup(mark, func(over chan struct{}) { close(over) }, over)
	return over
}

// inUse is what the collector counts as used, in bytes: what it found alive the last
// time, and what it looks through beside that.
func inUse() uint64 {
	return read("/gc/heap/live:bytes", "/gc/scan/stack:bytes", "/gc/scan/globals:bytes")
}

// chosen is the measure that the collector goes by, whoever has set it.
func chosen() int {
	return int(read("/gc/gogc:percent")) //nolint:gosec // all bits are set where it is off, which is -1
}

// read is the sum of some of the runtime's own figures.
func read(names ...string) (sum uint64) {
	samples := make([]metrics.Sample, len(names))
	for i, name := range names {
		samples[i].Name = name
	}
	metrics.Read(samples)
	for _, s := range samples {
		sum += s.Value.Uint64()
	}
	return sum
}
