package machine

import (
	"context"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

const (
	// maxHandshake is the most that a machine may send before it is known to be
	// the right one and has let us in.
	maxHandshake = 256 << 10

	// weighEvery is after how many bytes it is looked at who takes them.
	weighEvery = 1 << 20
	// maxUseless is as much as a machine may send that nobody takes, and
	// uselessPerSecond what it may send of it for ever: SSH's own messages.
	maxUseless       = 32 << 20
	uselessPerSecond = 1 << 20
	// maxCrumbs is as much as it may send while somebody is behind with reading.
	// SSH bounds what waits for a reader by its window, which does not count what
	// each piece costs by itself: a window of single bytes takes fifty times its size.
	maxCrumbs = 16 << 20
	// window is what may wait for each reader in good order.
	window = 2 << 20
	// pieceCost is what SSH adds to a piece, and the share of a long one.
	pieceCost, pieceShare = 36, 256

	// A machine may want something 32 times, and then once in a second. It is
	// refused each time but for new keys, which cost time.
	wantsAtOnce, wantsPerSecond = 32, 1
)

// Private

// wire is the connection under SSH. It ends a machine that makes trouble, and
// knows why it has ended.
type wire struct {
	net.Conn
	left   int // before it is open; of the one goroutine that reads, as is what follows
	census census
	heavy  int
	open   atomic.Bool
	wants  *rate.Limiter
	// blamed ends with the fault for which the connection was ended.
	blamed context.Context
	cancel context.CancelCauseFunc

	came, taken atomic.Int64 // bytes from the machine; and those whose reader has them

	mutex   sync.Mutex
	readers map[*stream]struct{}
	useless int64     // a bucket that runs out by itself
	weighed int64     // unread then
	at      time.Time // when that was
}

func newWire(conn net.Conn) *wire {
	w := &wire{
		Conn: conn, left: maxHandshake, wants: rate.NewLimiter(wantsPerSecond, wantsAtOnce),
		readers: map[*stream]struct{}{}, at: time.Now(),
	}
	w.blamed, w.cancel = context.WithCancelCause(context.Background())
	return w
}

func (w *wire) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	w.came.Add(int64(n))
	if !w.open.Load() {
		if w.left -= n; w.left < 0 {
			return 0, io.ErrShortBuffer
		}
		if crowd := w.census.count(p[:n]); crowd != nil {
			return 0, crowd
		}
		return n, err
	}
	if w.heavy += n; w.heavy >= weighEvery {
		w.heavy = 0
		w.weigh()
	}
	if w.blamed.Err() != nil {
		return 0, context.Cause(w.blamed)
	}
	return n, err
}

// blame ends the connection for a reason, which is the first that was given.
func (w *wire) blame(fault *FaultError) {
	w.cancel(fault)
	_ = w.Close() // whoever uses it sees that it has ended
}

// wanted counts what the machine wants of us, and tells whether it may.
func (w *wire) wanted() bool {
	if w.wants.Allow() {
		return true
	}
	w.blame(errWanting)
	return false
}

// explain gives the reason for an error where the machine is to blame.
func (w *wire) explain(err error) error {
	if err != nil && w.blamed.Err() != nil {
		return context.Cause(w.blamed)
	}
	return err
}

func (w *wire) unread() int64 { return w.came.Load() - w.taken.Load() }

// take counts a piece that a reader has got.
func (w *wire) take(n int) {
	if n > 0 {
		w.taken.Add(int64(n + n/pieceShare + pieceCost))
	}
}

func (w *wire) enter(s *stream) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	s.level.Store(w.unread())
	w.readers[s] = struct{}{}
}

func (w *wire) leave(s *stream) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	delete(w.readers, s)
}

// weigh compares what the machine has sent with what its readers have got of it.
func (w *wire) weigh() {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	unread, now := w.unread(), time.Now()
	due := int64(len(w.readers)) * window
	w.useless += unread - w.weighed - int64(now.Sub(w.at).Seconds()*uselessPerSecond)
	w.useless = max(w.useless, 0)
	w.weighed, w.at = unread, now
	if w.useless > maxUseless+due {
		w.blame(errFlood)
	}
	for s := range w.readers {
		if s.behind(unread) > maxCrumbs+due {
			w.blame(errCrumbs)
		}
	}
}
