package app

import (
	"context"
	"net"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// door is a listener to which nobody comes.
type door struct{ net.Listener }

func (door) Accept() (net.Conn, error) { return nil, net.ErrClosed }

func TestWorkBeginsOnceSomebodyAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, working := newFront(door{}), atomic.Bool{}
		go func() {
			_ = f.then(t.Context(), func(context.Context) error { // it has no error of its own
				working.Store(true)
				return nil
			})
		}()
		synctest.Wait()
		if working.Load() {
			t.Error("it works before anybody answers")
		}
		for range 2 {
			_, _ = f.Accept() // nobody comes
		}
		synctest.Wait()
		if working.Load() {
			t.Error("it works before the first who waits can have been answered")
		}
		time.Sleep(headStart)
		synctest.Wait()
		if !working.Load() {
			t.Error("it does not work though somebody answers")
		}
	})
}

func TestNothingBeginsWhereNobodyEverAnswered(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := newFront(door{}).then(ctx, func(context.Context) error {
		t.Error("it works after the end")
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
