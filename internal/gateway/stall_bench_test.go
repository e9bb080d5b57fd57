//go:build bench

package gateway

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/machine/machinetest"
)

const (
	// drawsBeats asks the source for a small picture ten times a second, with the time
	// at which it was drawn.
	drawsBeats = 2
	beatSize   = 4 << 10
	statsPath  = "/stats"

	watchers = 180
	stallers = 20
	rounds   = 3 // of viewers who stall, each for 20 s and until that is seen
	alone    = 15 * time.Second
)

// TestBenchStalledViewers has 180 viewers watch while 20 others stall: for a minute
// and longer there are always 20 who take nothing of what is drawn for them without
// an end. What the others wait for a picture is compared with what they wait before
// and after that, in the same run.
func TestBenchStalledViewers(t *testing.T) {
	host := machinetest.Start(t)
	startRole(t, "source", host.Path(dictumal.VNCSocket))
	gateway := startGateway(t, host.Target)
	before := runtime.NumGoroutine()
	w := watch(t, gateway.url)
	w.into(&w.without, alone)
	calm := resident(t, gateway.pids[0])
	most, closed, standing := calm, []time.Duration{}, time.Duration(0)
	for round := range rounds {
		begun := time.Now()
		leave := stall(t, gateway.url)
		w.settle(t, gateway.url)
		still := time.Now()
		w.write(&w.with)
		for stats(t, gateway.url).Closed["slow"] < uint64((round+1)*stallers) {
			most = max(most, resident(t, gateway.pids[0]))
			if time.Since(still) > time.Minute {
				t.Fatal("those who stall are not closed")
			}
			time.Sleep(100 * time.Millisecond)
		}
		w.write(nil)
		closed, standing = append(closed, time.Since(begun)), standing+time.Since(still)
		leave()
	}
	w.into(&w.without, alone)
	w.leave()
	until(t, "nobody is left", func() bool { return stats(t, gateway.url).Open == 0 })
	with, without := percentile(w.with, 99), percentile(w.without, 99)
	t.Logf("\n| a picture to one of %d viewers while %d others stall, p99; beside: without those | %.2f ms | %.2f ms | %.2f | at most 1.5 | `%s` |",
		watchers, stallers, ms(with), ms(without), with.Seconds()/without.Seconds(), command(t))
	t.Logf("\n| memory for a viewer who stalls, resident | %.2f MiB | | | at most 3 MiB | `%s` |", mib(most-calm)/stallers, command(t))
	t.Logf("\n| until a viewer without progress is closed | %.1f s | | | above 20 s | `%s` |", slices.Max(closed).Seconds(), command(t))
	t.Logf("\nremark %s: p50 %.2f ms with, %.2f ms without; %d and %d pictures; the rounds ended after %v; %d stood still for %s in all, "+
		"which begins when what the kernel holds for them is full", t.Name(), ms(percentile(w.with, 50)), ms(percentile(w.without, 50)), len(w.with), len(w.without), closed,
		stallers, standing.Round(time.Second))
	until(t, "all goroutines have ended", func() bool { return runtime.NumGoroutine() <= before+2 })
}

// audience is those who watch, and how long each picture took that they were shown.
type audience struct {
	mutex         sync.Mutex
	book          *[]time.Duration // nil: it does not count
	with, without []time.Duration
	conns         []net.Conn
}

func watch(t *testing.T, url string) *audience {
	t.Helper()
	a := &audience{}
	for i := range watchers {
		conn, err := view(url+strconv.Itoa(i%10), drawsBeats)
		if err != nil {
			t.Fatal(err)
		}
		a.conns = append(a.conns, conn)
		go a.look(conn)
	}
	return a
}

func (a *audience) look(conn net.Conn) {
	picture := make([]byte, beatSize)
	for {
		if _, err := io.ReadFull(conn, picture); err != nil {
			return
		}
		took := time.Since(time.Unix(0, int64(binary.BigEndian.Uint64(picture))))
		a.mutex.Lock()
		if a.book != nil {
			*a.book = append(*a.book, took)
		}
		a.mutex.Unlock()
	}
}

func (a *audience) write(book *[]time.Duration) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.book = book
}

// into writes into a book for a while.
func (a *audience) into(book *[]time.Duration, long time.Duration) {
	time.Sleep(2 * time.Second) // what came before
	a.write(book)
	time.Sleep(long)
	a.write(nil)
}

// settle waits until the viewers who stall take nothing more.
func (a *audience) settle(t *testing.T, url string) {
	t.Helper()
	last := stats(t, url).ToBrowser
	until(t, "those who stall stand still", func() bool {
		time.Sleep(time.Second)
		now := stats(t, url).ToBrowser
		still := now-last < 2*watchers*10*beatSize
		last = now
		return still
	})
}

func (a *audience) leave() {
	for _, conn := range a.conns {
		_ = conn.Close()
	}
}

// stall opens viewers who take nothing of an endless picture.
func stall(t *testing.T, url string) (leave func()) {
	t.Helper()
	var conns []net.Conn
	for i := range stallers {
		conn, err := view(url+strconv.Itoa(i%10), 0)
		if err != nil {
			t.Fatal(err)
		}
		conns = append(conns, conn)
	}
	return func() {
		for _, conn := range conns {
			_ = conn.Close()
		}
	}
}

// beat draws a small picture at its time, with the time in it.
func beat(conn net.Conn) {
	picture := make([]byte, beatSize)
	for range time.Tick(100 * time.Millisecond) {
		binary.BigEndian.PutUint64(picture, uint64(time.Now().UnixNano()))
		if _, err := conn.Write(picture); err != nil {
			return
		}
	}
}

func stats(t *testing.T, url string) (s Stats) {
	t.Helper()
	request, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), http.MethodGet, "http"+strings.TrimSuffix(strings.TrimPrefix(url, "ws"), "/")+statsPath, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close() //nolint:errcheck // it was read
	if err := json.NewDecoder(answer.Body).Decode(&s); err != nil {
		t.Fatal(err)
	}
	return s
}

func percentile(values []time.Duration, of int) time.Duration {
	sorted := slices.Sorted(slices.Values(values))
	if len(sorted) == 0 {
		return 0
	}
	return sorted[len(sorted)*of/100]
}

func ms(d time.Duration) float64 { return d.Seconds() * 1000 }
