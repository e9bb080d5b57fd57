package api

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/aside"
	"github.com/dictumal/dictumal/internal/control"
	"github.com/dictumal/dictumal/internal/feed"
	"github.com/dictumal/dictumal/internal/store"
)

// Private

// source is what a stream of events reads from.
type source struct {
	// listen hears of what happens from now on; it refuses who may not.
	listen func(ctx context.Context) (*feed.Listener, error)
	// present lists the deployments whose state a new reader is told first.
	present func(ctx context.Context) ([]dictumal.Deployment, error)
	// after returns the next events after a number.
	after func(ctx context.Context, number int64) ([]store.Entry, error)
	// get returns the deployment that an event is about.
	get func(ctx context.Context, id string) (dictumal.Deployment, error)
}

func (a *API) deploymentEvents(w http.ResponseWriter, r *http.Request) {
	p, err := a.principal(r.Context())
	if err != nil {
		a.Errors.Answer(w, r, err)
		return
	}
	id := r.PathValue("id")
	get := func(ctx context.Context, id string) (dictumal.Deployment, error) {
		return a.Control.Deployment(ctx, p, id)
	}
	a.stream(w, r, source{
		listen: func(ctx context.Context) (*feed.Listener, error) { return a.Control.Listen(ctx, p, id) },
		present: func(ctx context.Context) ([]dictumal.Deployment, error) {
			d, err := get(ctx, id)
			return []dictumal.Deployment{d}, err
		},
		after: func(ctx context.Context, number int64) ([]store.Entry, error) {
			return a.Control.Events(ctx, p, id, number)
		},
		get: get,
	})
}

func (a *API) allEvents(w http.ResponseWriter, r *http.Request) {
	p, err := a.principal(r.Context())
	if err != nil {
		a.Errors.Answer(w, r, err)
		return
	}
	a.stream(w, r, source{
		listen: func(ctx context.Context) (*feed.Listener, error) { return a.Control.ListenAll(ctx, p) },
		present: func(ctx context.Context) ([]dictumal.Deployment, error) {
			list, _, err := a.Control.Deployments(ctx, p, control.Page{Limit: 200})
			return list, err
		},
		after: func(ctx context.Context, number int64) ([]store.Entry, error) {
			return a.Control.AllEvents(ctx, p, number)
		},
		get: func(ctx context.Context, id string) (dictumal.Deployment, error) {
			return a.Control.Deployment(ctx, p, id)
		},
	})
}

// stream sends what happens until the reader leaves. Who listens before the first
// reading of the rows misses nothing between the two.
func (a *API) stream(w http.ResponseWriter, r *http.Request, from source) {
	s := &sender{w: w, control: http.NewResponseController(w), from: from, beats: r.URL.Query().Has("beats")}
	defer func() {
		if s.listener != nil {
			s.listener.Close()
		}
	}()
	err := aside.Do(r.Context(), func(ctx context.Context) (err error) {
		if s.listener, err = from.listen(ctx); err != nil {
			return err
		}
		return a.begin(ctx, s, r.Header.Get("Last-Event-ID"))
	})
	if err != nil {
		a.Errors.Answer(w, r, err)
		return
	}
	if err := s.follow(r.Context()); err != nil && !errors.Is(err, context.Canceled) {
		a.Log.DebugContext(r.Context(), "A stream of events has ended.", "error", err)
	}
}

// begin tells a new reader the present state, and finds where one who was here
// before left off. An error before anything was sent is answered as any other.
func (a *API) begin(ctx context.Context, s *sender, lastSeen string) (err error) {
	if s.last, err = a.Control.LastEvent(ctx); err != nil {
		return err
	}
	present, err := s.from.present(ctx)
	if err != nil {
		return err
	}
	if seen, err := strconv.ParseInt(lastSeen, 10, 64); err == nil && seen <= s.last {
		s.last, present = seen, nil
	}
	if err := s.open(); err != nil {
		return err
	}
	for _, d := range present {
		if err := s.present(d); err != nil {
			return err
		}
	}
	return s.control.Flush()
}
