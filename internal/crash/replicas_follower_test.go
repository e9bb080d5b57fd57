package crash_test

import (
	"bufio"
	"context"
	"errors"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"strings"
	"sync"
	"time"
)

// follower hears of everything that happens to what somebody has ordered, and goes on
// where it was whenever its stream ends.
type follower struct {
	*cluster
	caller
	owner string

	mu      sync.Mutex
	numbers []int64 // of events, as they came
}

// silence is after how long without a word a follower takes a stream for dead: as the
// pages do, which ask for a beat every three seconds.
const silence = 7 * time.Second

// comeBack is how long somebody waits until they try again.
const comeBack = 500 * time.Millisecond

// follow follows until the context ends.
func (f *follower) follow(ctx context.Context) {
	place := f.gaps.sit("a follower", f.owner)
	for ctx.Err() == nil {
		served, seen, err := f.listen(ctx, place)
		if ctx.Err() != nil {
			return
		}
		if seen.IsZero() {
			f.note("", "a follower of %s has no stream: %v", f.owner, err)
		} else {
			place.lose(f.struck.since(served, seen))
			f.note("", "a follower of %s has lost its stream: %v", f.owner, err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(comeBack):
		}
	}
}

// last is the newest event that has come.
func (f *follower) last() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.numbers) == 0 {
		return 0
	}
	return f.numbers[len(f.numbers)-1]
}

// Private

// listen opens a stream and reads it until it ends. It tells by whom it was served, and
// when last; never, where it could not be opened.
func (f *follower) listen(ctx context.Context, place *seat) (served string, seen time.Time, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	dead := time.AfterFunc(callPatience, cancel)
	defer dead.Stop()
	request, err := f.request(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		served = f.server(info.Conn)
	}}), http.MethodGet, "/api/events?beats", "", "Last-Event-ID", strconv.FormatInt(f.last(), 10))
	if err != nil {
		return "", seen, err
	}
	response, err := fresh().RoundTrip(request)
	if err != nil {
		return "", seen, err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return "", seen, errors.New(response.Status)
	}
	place.regain(served)
	seen = time.Now()
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, 1<<20)
	for dead.Reset(silence); lines.Scan(); dead.Reset(silence) {
		seen = time.Now()
		if text, ok := strings.CutPrefix(lines.Text(), "id: "); ok {
			if err := f.take(text); err != nil {
				return served, seen, err
			}
		}
	}
	return served, seen, errors.Join(lines.Err(), errors.New("the stream has ended"))
}

func (f *follower) take(text string) error {
	number, err := strconv.ParseInt(text, 10, 64)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.numbers = append(f.numbers, number)
	return err
}
