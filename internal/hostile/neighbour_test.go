package hostile_test

import (
	"bytes"
	"io"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/dictumal/dictumal/internal/hostile"
)

// neighbour is a viewer of an honest machine, who works without a pause.
type neighbour struct {
	trips   atomic.Int64
	longest atomic.Int64 // nanoseconds
	err     atomic.Pointer[error]
}

func (o *office) neighbour() *neighbour {
	o.t.Helper()
	number := o.meet(new(hostile.Machine).Start(o.t))
	viewer, err := o.join(number)
	if err != nil {
		o.t.Fatal(err)
	}
	n := &neighbour{}
	conn := websocket.NetConn(o.t.Context(), viewer, websocket.MessageBinary)
	if _, err := io.ReadFull(conn, make([]byte, 1)); err != nil { // its own beginning
		o.t.Fatal(err)
	}
	go func() {
		pull, drawn := []byte{3, 1, 0, 0, 0, 0, 5, 160, 3, 132}, make([]byte, 10)
		for o.t.Context().Err() == nil {
			start := time.Now()
			_, err := conn.Write(pull)
			if err == nil {
				_, err = io.ReadFull(conn, drawn)
			}
			if err != nil || !bytes.Equal(pull, drawn) {
				n.err.Store(&err)
				return
			}
			n.longest.Store(max(n.longest.Load(), int64(time.Since(start))))
			n.trips.Add(1)
			time.Sleep(time.Millisecond) // a person, not an attack of its own
		}
	}()
	return n
}

// goesOn wants the neighbour to have worked since, and to go on.
func (n *neighbour) goesOn(t *testing.T, since int64) {
	t.Helper()
	until(t, "the neighbour goes on", func() bool { return n.trips.Load() >= since+10 || n.err.Load() != nil })
	if err := n.err.Load(); err != nil {
		t.Errorf("the neighbour's stream was disturbed: %v", *err)
	}
}
