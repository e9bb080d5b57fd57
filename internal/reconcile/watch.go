package reconcile

import (
	"context"
	"time"

	"github.com/dictumal/dictumal"
)

// watch makes rows due whose machines have changed, where the provider tells of
// that. Losing the connection loses nothing: rows come due by themselves as well.
func (r *Runner) watch(ctx context.Context) {
	watcher, ok := r.Provider.(dictumal.Watcher)
	if !ok {
		return
	}
	for failures := 1; ; failures++ {
		begun := time.Now()
		err := watcher.Watch(ctx, func(name string) { r.changed(ctx, name) })
		if ctx.Err() != nil {
			return
		}
		if time.Since(begun) > time.Minute {
			failures = 1
		}
		r.Log.WarnContext(ctx, "The provider no longer tells of changes.", "error", err, "retry_in", backoff(failures))
		if !rest(ctx, backoff(failures)) {
			return
		}
	}
}

// Private

func (r *Runner) changed(ctx context.Context, name string) {
	if err := r.Store.Wake(ctx, name); err != nil {
		r.Log.WarnContext(ctx, "A change of a machine could not be noted.", "machine", name, "error", err)
		return
	}
	r.Wake()
}

// rest waits; false at the end.
func rest(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
