package memory

import (
	"context"
	"runtime"
	"runtime/debug"
	"testing"
)

func TestGarbageHasTheSameRoomWhateverIsInUse(t *testing.T) {
	for name, test := range map[string]struct {
		inUse uint64
		want  int
	}{
		"nothing is known yet":                   {0, 400},
		"a heap so small that it does not count": {1 << 20, 400},
		"a server at rest":                       {8 << 20, 300},
		"as much as the room":                    {24 << 20, 100},
		"thousands of viewers":                   {96 << 20, 25},
		"more than the room is a quarter of":     {1 << 30, 25},
	} {
		t.Run(name, func(t *testing.T) {
			if got := percent(test.inUse); got != test.want {
				t.Errorf("got %d %%, want %d %%", got, test.want)
			}
		})
	}
}

func TestTheCollectorIsLeftAsItWas(t *testing.T) {
	before := debug.SetGCPercent(77)
	defer debug.SetGCPercent(before)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Bound(ctx); err != nil {
		t.Fatal(err)
	}
	if after := debug.SetGCPercent(77); after != 77 {
		t.Errorf("it is at %d %%", after)
	}
}

func TestACollectionIsNoticed(*testing.T) {
	over := collection()
	runtime.GC()
	<-over
}

// TestTheRoomIsKeptWhateverElseIsSet is about a program that sets the collector in two
// places: the later one would win, and nothing would say so.
func TestTheRoomIsKeptWhateverElseIsSet(t *testing.T) {
	const elsewhere = least - 1
	defer debug.SetGCPercent(debug.SetGCPercent(elsewhere))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- Bound(ctx) }()
	defer func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	for chosen() == elsewhere { // until it is bound
		runtime.Gosched()
	}
	debug.SetGCPercent(elsewhere)
	for range 1000 {
		runtime.GC() // whose end is told to whoever waits for it, some time later
		if chosen() != elsewhere {
			return
		}
	}
	t.Errorf("it is still at %d %%", chosen())
}
