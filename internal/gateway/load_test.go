package gateway

import (
	"fmt"
	"io"
	"net"
	"runtime"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/dictumal/dictumal/internal/machine/machinetest"
)

// TestTwentyOfTwoHundredViewersStall: what a machine draws for somebody who does not
// take it stays on the machine, but for what fits into the window of its channel.
func TestTwentyOfTwoHundredViewersStall(t *testing.T) {
	const viewers, stalled, room = 200, 20, 3 << 20
	host := machinetest.Start(t)
	vnc := listenVNC(t, host)
	pace := pace{dial: time.Minute, enter: time.Minute, check: 100 * time.Millisecond, stall: time.Second, ping: time.Hour}
	gateway, url := serve(t, pace, everything(host.Target))
	leaveOne(t, gateway, url, vnc) // which makes the shared connection
	goroutines := runtime.NumGoroutine()

	watching := make([]*websocket.Conn, 0, viewers)
	machines := make([]net.Conn, 0, viewers)
	for range viewers {
		viewer, machine := meet(t, url, vnc)
		watching, machines = append(watching, viewer), append(machines, machine)
	}
	before := heap()
	for _, machine := range machines[:stalled] {
		go func() { _, _ = io.Copy(machine, endless{}) }()
	}
	most := before
	until(t, "those who stall are gone", func() bool {
		most = max(most, heap())
		return gateway.Stats().Closed["slow"] == stalled
	})
	if each := (int64(most) - int64(before)) / stalled; each > room {
		t.Errorf("a viewer who stalls takes %.2f MiB, at most 3 are good", float64(each)/(1<<20))
	}
	t.Logf("a viewer who stalls takes %.2f MiB", (float64(most)-float64(before))/stalled/(1<<20))

	for i, viewer := range watching[stalled:] {
		picture := fmt.Appendf(nil, "picture %d", i)
		if _, err := machines[stalled+i].Write(picture); err != nil {
			t.Fatal(err)
		}
		got := receive(t, websocket.NetConn(t.Context(), viewer, websocket.MessageBinary), len(picture))
		if string(got) != string(picture) {
			t.Fatalf("viewer %d is shown %q", i, got)
		}
	}
	for _, viewer := range watching {
		_ = viewer.CloseNow()
	}
	until(t, "nobody is left", func() bool { return gateway.Stats().Open == 0 })
	for _, machine := range machines {
		_ = machine.Close()
	}
	until(t, "all goroutines have ended", func() bool { return runtime.NumGoroutine() <= goroutines+2 })
}

// leaveOne lets a viewer come and go.
func leaveOne(t *testing.T, gateway *Gateway, url string, vnc net.Listener) {
	t.Helper()
	viewer, machine := meet(t, url, vnc)
	if err := viewer.Close(websocket.StatusNormalClosure, ""); err != nil {
		t.Fatal(err)
	}
	_ = machine.Close()
	until(t, "the first viewer is gone", func() bool { return gateway.Stats().Open == 0 })
}

// heap is what is in use, and no garbage.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}
