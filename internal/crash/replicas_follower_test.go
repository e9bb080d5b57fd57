package crash_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
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
	var lost time.Time // zero: it has not been there yet
	for ctx.Err() == nil {
		served, opened, err := f.listen(ctx, lost)
		if ctx.Err() != nil {
			return
		}
		if opened.IsZero() {
			f.note("", "a follower of %s has no stream: %v", f.owner, err)
		} else {
			lost = f.struck.since(served, opened)
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
// since when; never, where it could not be opened.
func (f *follower) listen(ctx context.Context, lost time.Time) (served string, opened time.Time, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	dead := time.AfterFunc(callPatience, cancel)
	defer dead.Stop()
	request, err := f.request(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		served = f.server(info.Conn)
	}}), http.MethodGet, "/api/events?beats", "", "Last-Event-ID", strconv.FormatInt(f.last(), 10))
	if err != nil {
		return "", opened, err
	}
	response, err := fresh().RoundTrip(request)
	if err != nil {
		return "", opened, err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return "", opened, errors.New(response.Status)
	}
	opened = time.Now()
	if !lost.IsZero() {
		f.gaps.note("a follower", time.Since(lost), fmt.Sprintf("at %s, from %s", opened.UTC().Format(time.TimeOnly), served))
	}
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, 1<<20)
	for dead.Reset(silence); lines.Scan(); dead.Reset(silence) {
		if text, ok := strings.CutPrefix(lines.Text(), "id: "); ok {
			if err := f.take(text); err != nil {
				return served, opened, err
			}
		}
	}
	return served, opened, errors.Join(lines.Err(), errors.New("the stream has ended"))
}

func (f *follower) take(text string) error {
	number, err := strconv.ParseInt(text, 10, 64)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.numbers = append(f.numbers, number)
	return err
}
