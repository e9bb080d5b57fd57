package isolation

import (
	"os"
	"sync"
	"testing"
)

func TestTheFrameFilterIsTriedByManyAtOnceAndLeavesNothing(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("Rules of the kernel need root.")
	}
	first := FrameFilter(t.Context())
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if err := FrameFilter(t.Context()); (err == nil) != (first == nil) {
				t.Errorf("the answers differ: %v and %v", first, err)
			}
		})
	}
	group.Wait()
	if err := nft(t.Context(), "", "list", "table", "bridge", "dictumal_probe"); err == nil {
		t.Error("the rules are still there")
	}
}
