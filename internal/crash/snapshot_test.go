package crash_test

import (
	"fmt"
	"testing"

	"github.com/dictumal/dictumal"
)

// TestADiskSnapshotThatNobodyTellsOfRemovesNothing takes the database as a power cut
// leaves it while a second desktop is on its way, goes on with a third, and puts
// the old database back as if it were a disk's snapshot.
func TestADiskSnapshotThatNobodyTellsOfRemovesNothing(t *testing.T) {
	t.Parallel()
	path := build(t)
	for _, end := range []string{
		"asked:2", "save.before.intent:2", "save.after.intent:2", "http.POST /v2/droplets.sent:2", "create.after:2",
		"certify.asked:2", "certify.installed:2",
	} {
		t.Run(end, func(t *testing.T) {
			t.Parallel()
			o := &office{installation: install(t, path)}
			o.ends = []string{end}
			o.start()
			o.order("first")
			o.await("first", dictumal.Active)
			o.order("second")
			if o.present().dead(patience) && o.snapshot == "" {
				o.cut(t)
			}
			if o.snapshot == "" {
				t.Fatal("the program has not ended with its second desktop")
			}
			o.goOn(o.snapshot)
		})
	}
}

// TestAServerGoesOnFromAPlainCopyInMidWrite copies the files of a server that is at work.
func TestAServerGoesOnFromAPlainCopyInMidWrite(t *testing.T) {
	t.Parallel()
	path := build(t)
	for n := range 6 {
		t.Run(fmt.Sprint("copy ", n+1), func(t *testing.T) {
			t.Parallel()
			o := &office{installation: install(t, path)}
			o.start()
			o.order("first")
			o.await("first", dictumal.Active)
			stop := o.bustle()
			for range n { // so that each copy meets the second desktop elsewhere on its way
				o.look()
			}
			o.order("second")
			for range n * n {
				o.look()
			}
			to := t.TempDir()
			for !o.copyPlainly(to) {
				t.Log("the log was begun anew; copying again")
			}
			stop()
			o.goOn(to)
		})
	}
}
