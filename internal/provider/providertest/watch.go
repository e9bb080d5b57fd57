package providertest

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/dictumal/dictumal"
)

// ErrWatchBroken is what a Watch ends with after [Memory.BreakWatch].
var ErrWatchBroken = errors.New("the connection broke")

// Watch tells of changes as they happen, those included that only time brings.
func (m *Memory) Watch(ctx context.Context, changed func(name string)) error {
	w := m.watch()
	defer m.unwatch(w)
	for {
		due, wait := m.due(w)
		for _, name := range due {
			changed(name)
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-w.broken:
			timer.Stop()
			return ErrWatchBroken
		case <-w.signal:
			timer.Stop()
		case <-timer.C:
		}
	}
}

// BreakWatch ends every Watch that runs, as a lost connection does.
func (m *Memory) BreakWatch() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, w := range m.watchers {
		close(w.broken)
	}
	m.watchers = nil
}

// Private

// watcher is one Watch that runs.
type watcher struct {
	signal  chan struct{} // there is something new in pending
	broken  chan struct{}
	pending []change
}

// change is something that watchers are told of when its time has come.
type change struct {
	at   time.Time
	name string
}

// watch begins with what time will bring to the machines that there are.
func (m *Memory) watch() *watcher {
	m.mu.Lock()
	defer m.mu.Unlock()
	w := &watcher{signal: make(chan struct{}, 1), broken: make(chan struct{})}
	now := time.Now()
	for _, r := range m.living() {
		for _, at := range []time.Time{r.activeAt, r.addressAt, r.appearsAt, r.goneAt} {
			if at.After(now) {
				w.pending = append(w.pending, change{at, r.spec.Name})
			}
		}
	}
	m.watchers = append(m.watchers, w)
	return w
}

func (m *Memory) unwatch(w *watcher) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.watchers = slices.DeleteFunc(m.watchers, func(other *watcher) bool { return other == w })
}

// tell lets every watcher know of a change, at its time. The lock is held.
func (m *Memory) tell(at time.Time, name string) {
	if _, ours := dictumal.ParseMachineName(m.installation, name); !ours {
		return
	}
	for _, w := range m.watchers {
		w.pending = append(w.pending, change{at, name})
		select {
		case w.signal <- struct{}{}:
		default:
		}
	}
}

// due takes the changes whose time has come, and tells how long to wait for the
// next.
func (m *Memory) due(w *watcher) (names []string, wait time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now, later := time.Now(), w.pending[:0]
	wait = time.Hour
	for _, change := range w.pending {
		if !change.at.After(now) {
			names = append(names, change.name)
			continue
		}
		later = append(later, change)
		wait = min(wait, change.at.Sub(now))
	}
	w.pending = later
	return names, wait
}
