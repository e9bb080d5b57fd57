package gateway

import (
	"context"
	"errors"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/dictumal/dictumal/internal/gateway/rfb"
	"github.com/dictumal/dictumal/internal/machine"
	"github.com/dictumal/dictumal/internal/machine/machinetest"
)

func TestAMachineThatHangsForAMomentIsLostAndNotAccused(t *testing.T) {
	host := machinetest.Start(t)
	vnc, way := listenVNC(t, host), newWay(t, host.Target.Address)
	viewer := everything(host.Target)
	viewer.Target.Address = way.address
	machines := machine.UsualPace()
	machines.LetGo = 300 * time.Millisecond
	gateway, url := serveBy(t, machines, usualPace(), viewer)
	reloaded, _ := meet(t, url, vnc)
	other, _ := meet(t, url, vnc)

	way.hang()
	if err := reloaded.CloseNow(); err != nil {
		t.Fatal(err)
	}
	again := join(t, url) // which waits for the machine on the same line
	until(t, "the viewer is there again", func() bool { return gateway.Stats().Opened == 3 })
	for name, waits := range map[string]*websocket.Conn{"who has reloaded": again, "who watches": other} {
		err := last(waits)
		closed, ok := errors.AsType[websocket.CloseError](err)
		if !ok || closed.Code != CodeLost && closed.Code != CodeUnreachable {
			t.Errorf("%s is told %v, after which the page does not try again", name, err)
		}
	}
	way.goOn()
	go func() { // what was kept back comes first
		for conn, err := vnc.Accept(); err == nil; conn, err = vnc.Accept() {
			go func() { _ = rfb.Accept(conn) }()
		}
	}()
	if err := rfb.Greet(websocket.NetConn(t.Context(), join(t, url), websocket.MessageBinary)); err != nil {
		t.Errorf("the desktop does not come back: %v", err)
	}
}

func TestAMachineThatHangsDoesNotHoldUpTheServersEnd(t *testing.T) {
	host := machinetest.Start(t)
	vnc, way := listenVNC(t, host), newWay(t, host.Target.Address)
	viewer := everything(host.Target)
	viewer.Target.Address = way.address
	machines := machine.UsualPace()
	machines.LetGo = time.Hour
	gateway, url := serveBy(t, machines, usualPace(), viewer)
	watcher, _ := meet(t, url, vnc)
	way.hang()
	t.Cleanup(way.goOn)
	drained := make(chan error, 1)
	go func() { drained <- gateway.Drain(t.Context()) }()
	wantEnding(t, watcher, EndShutdown)
	select {
	case err := <-drained:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("the server waits for the machine")
	}
}

func TestAMachineHasAsLongToLetGoAsAnybodyHasToTakeWhatWasSent(t *testing.T) {
	if letGo, stall := machine.UsualPace().LetGo, usualPace().stall; letGo < stall {
		t.Errorf("%v, and others %v", letGo, stall)
	}
}

// way is what lies between the server and a machine.
type way struct {
	address string
	mutex   sync.RWMutex // held by whoever carries something
}

func newWay(t *testing.T, to string) *way {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &way{address: listener.Addr().String()}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			from, err := listener.Accept()
			if err != nil {
				return
			}
			machine, err := new(net.Dialer).DialContext(context.WithoutCancel(t.Context()), "tcp", to)
			if err != nil {
				_ = from.Close()
				continue
			}
			go w.carry(from, machine)
			go w.carry(machine, from)
		}
	}()
	return w
}

// hang keeps everything back, in both directions, until goOn.
func (w *way) hang() { w.mutex.Lock() }

func (w *way) goOn() { w.mutex.Unlock() }

func (w *way) carry(to, from net.Conn) {
	defer func() { _ = to.Close() }()
	for piece := make([]byte, 32<<10); ; {
		n, err := from.Read(piece)
		w.mutex.RLock()
		if n > 0 && err == nil {
			_, err = to.Write(piece[:n])
		}
		w.mutex.RUnlock()
		if err != nil {
			return
		}
	}
}

// last is what ends a viewer's stream.
func last(viewer *websocket.Conn) error {
	for {
		if _, _, err := viewer.Read(context.Background()); err != nil {
			return err
		}
	}
}
