//go:build verify

package e2e

import (
	"bufio"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// follower hears events from the first on, and comes back with the last number that it
// has heard whenever its stream ends.
type follower struct {
	lab *lab

	mu     sync.Mutex
	ids    []string
	about  map[string]bool // deployments
	breaks int
	away   time.Duration // the longest
}

func (l *lab) follow() *follower {
	ctx, cancel := context.WithCancel(l.t.Context())
	f := &follower{lab: l, about: map[string]bool{}}
	var gone sync.WaitGroup
	gone.Go(func() {
		for left := time.Now(); ctx.Err() == nil; pause(ctx) {
			f.read(ctx, &left)
		}
	})
	l.t.Cleanup(func() { cancel(); gone.Wait() })
	return f
}

func (f *follower) broken() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.breaks
}

func (f *follower) worst() time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.away
}

// heard tells whether there was an event about a deployment.
func (f *follower) heard(deployment string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.about[deployment]
}

func (f *follower) reached(last string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return number(f.last()) >= number(last)
}

// upTo are the numbers in the order in which they were heard.
func (f *follower) upTo(last string) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(f.ids), func(id string) bool { return number(id) > number(last) })
}

// Private

// read hears one stream to its end. It has been away since the last one was left.
func (f *follower) read(ctx context.Context, left *time.Time) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, labOrigin+"/api/events", http.NoBody)
	if err != nil {
		f.lab.t.Error(err)
		return
	}
	f.mu.Lock()
	request.Header.Set("Last-Event-ID", f.last())
	f.mu.Unlock()
	request.Header.Set("Authorization", "Bearer "+f.lab.token)
	answer, err := f.lab.http.Do(request)
	if err != nil {
		return
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return
	}
	f.mu.Lock()
	if len(f.ids) > 0 {
		f.breaks++
		f.away = max(f.away, time.Since(*left))
	}
	f.mu.Unlock()
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		f.take(lines.Text())
	}
	*left = time.Now()
}

func (f *follower) take(line string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	field, value, _ := strings.Cut(line, ": ")
	switch {
	case field == "id" && value != f.last(): // one number may tell of status and progress
		f.ids = append(f.ids, value)
	case field == "data":
		_, rest, _ := strings.Cut(value, `"deployment":"`)
		id, _, _ := strings.Cut(rest, `"`)
		f.about[id] = true
	}
}

func (f *follower) last() string {
	if len(f.ids) == 0 {
		return "0"
	}
	return f.ids[len(f.ids)-1]
}

func number(id string) int64 {
	n, _ := strconv.ParseInt(id, 10, 64)
	return n
}
