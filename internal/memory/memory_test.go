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
