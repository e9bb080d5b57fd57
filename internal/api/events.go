package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/control"
	"github.com/dictumal/dictumal/internal/store"
)

// StatusEvent is the data of an event named status.
type StatusEvent struct {
	Deployment string            `json:"deployment"`
	Status     dictumal.Status   `json:"status"`
	IP         *string           `json:"ip"`
	Error      *dictumal.Failure `json:"error"`
	Warning    *dictumal.Failure `json:"warning"`
}

// ProgressEvent is the data of an event named progress.
type ProgressEvent struct {
	Deployment string `json:"deployment"`
	Progress
}

// LogEvent is the data of an event named log.
type LogEvent struct {
	Deployment string `json:"deployment"`
	Offset     int64  `json:"offset"`
	Text       string `json:"text"`
}

// NoteEvent is the data of an event named note.
type NoteEvent struct {
	Deployment string    `json:"deployment"`
	At         time.Time `json:"at"`
	Text       string    `json:"text"`
}

// Private

const (
	// heartbeat keeps proxies from closing a quiet stream, and finds readers that are gone.
	heartbeat = 20 * time.Second
	// patience is how long a reader may take for one write. HTTP/2 ends a stream at
	// its deadline even while nothing is written, so the next beat comes well before.
	patience = 2 * heartbeat
)

// source is what a stream of events reads from.
type source struct {
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

// stream sends what happens until the reader leaves. A subscription made before the
// first read means that nothing between the two is missed.
func (a *API) stream(w http.ResponseWriter, r *http.Request, from source) {
	woken, cancel := a.Control.Subscribe()
	defer cancel()
	s := &sender{w: w, control: http.NewResponseController(w), from: from}
	last, err := a.begin(r, s)
	if err != nil {
		a.Errors.Answer(w, r, err)
		return
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for err == nil {
		if last, err = s.catchUp(r.Context(), last); err != nil {
			break
		}
		select {
		case <-r.Context().Done():
			return
		case _, open := <-woken:
			if !open {
				return
			}
		case <-beat.C:
			err = s.comment()
		}
	}
	if !errors.Is(err, context.Canceled) {
		a.Log.DebugContext(r.Context(), "event stream ended", "error", err)
	}
}

// begin tells a new reader the present state, and finds where one who was here
// before left off. An error before anything was sent is answered as any other.
func (a *API) begin(r *http.Request, s *sender) (last int64, err error) {
	last, err = a.Control.LastEvent(r.Context())
	if err != nil {
		return 0, err
	}
	present, err := s.from.present(r.Context())
	if err != nil {
		return 0, err
	}
	if _, err := s.from.after(r.Context(), last); err != nil {
		return 0, err // who may see the state but not the events is told so
	}
	if seen, err := strconv.ParseInt(r.Header.Get("Last-Event-ID"), 10, 64); err == nil && seen <= last {
		return seen, s.open()
	}
	if err := s.open(); err != nil {
		return 0, err
	}
	for _, d := range present {
		if err := errors.Join(s.status(last, d), s.progress(last, d, d.Progress.Stage)); err != nil {
			return 0, err
		}
	}
	return last, s.control.Flush()
}

// sender writes one reader's stream.
type sender struct {
	w       http.ResponseWriter
	control *http.ResponseController
	from    source
}

func (s *sender) open() error {
	s.w.Header().Set("Content-Type", "text/event-stream")
	s.w.Header().Set("Cache-Control", "no-store")
	s.w.Header().Set("X-Accel-Buffering", "no")
	s.w.WriteHeader(http.StatusOK)
	return s.control.Flush()
}

// catchUp sends everything after a number.
func (s *sender) catchUp(ctx context.Context, last int64) (int64, error) {
	for {
		entries, err := s.from.after(ctx, last)
		if err != nil || len(entries) == 0 {
			return last, err
		}
		for _, entry := range entries {
			if err := s.entry(ctx, entry); err != nil {
				return last, err
			}
			last = entry.Number
		}
		if err := s.control.Flush(); err != nil {
			return last, err
		}
	}
}

func (s *sender) entry(ctx context.Context, e store.Entry) error {
	switch e.Kind {
	case dictumal.EventLog:
		return s.send(e.Number, "log", LogEvent{e.Deployment, e.LogOffset, e.Text})
	case dictumal.EventNote:
		return s.send(e.Number, "note", NoteEvent{e.Deployment, e.At, e.Text})
	case dictumal.EventStatus, dictumal.EventProgress:
	}
	d, err := s.from.get(ctx, e.Deployment)
	if err != nil {
		return err
	}
	if e.Kind == dictumal.EventProgress {
		return s.progress(e.Number, d, e.Stage)
	}
	d.Status = e.Status
	return s.status(e.Number, d)
}

func (s *sender) status(number int64, d dictumal.Deployment) error {
	return s.send(number, "status", StatusEvent{d.ID, d.Status, present(d.IP), d.Failure, d.Warning})
}

func (s *sender) progress(number int64, d dictumal.Deployment, stage dictumal.Stage) error {
	d.Progress.Stage = stage
	return s.send(number, "progress", ProgressEvent{d.ID, shapeProgress(d)})
}

func (s *sender) send(number int64, name string, data any) error {
	text, err := json.Marshal(data)
	if err != nil {
		return err
	}
	if err := s.deadline(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.w, "id: %d\nevent: %s\ndata: %s\n\n", number, name, text)
	return err
}

func (s *sender) comment() error {
	if err := s.deadline(); err != nil {
		return err
	}
	if _, err := fmt.Fprint(s.w, ": still here\n\n"); err != nil {
		return err
	}
	return s.control.Flush()
}

// deadline ends a stream whose reader has stopped reading.
func (s *sender) deadline() error {
	err := s.control.SetWriteDeadline(time.Now().Add(patience))
	if errors.Is(err, http.ErrNotSupported) {
		return nil
	}
	return err
}
