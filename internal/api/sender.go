package api

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/aside"
	"github.com/dictumal/dictumal/internal/feed"
	"github.com/dictumal/dictumal/internal/store"
)

// Private

const (
	// heartbeat keeps proxies from closing a quiet stream, and finds readers that are gone.
	heartbeat = 20 * time.Second
	// patience is how long a reader may take for one write. HTTP/2 ends a stream at
	// its deadline even while nothing is written, so the next beat comes well before.
	patience = 2 * heartbeat
	// pulse is the beat of those who ask for one: the script of a page sees no comments,
	// and a line that a stopped server has left open is silent for ever.
	pulse = 3 * time.Second
)

// The bounds of when a reader comes back, in milliseconds: soon, where another replica is
// there already; and not all at once.
const (
	againFirst, againLast = 200, 1200
)

// sender writes one reader's stream.
type sender struct {
	w       http.ResponseWriter
	control *http.ResponseController
	from    source

	beats    bool // the reader wants to hear each pulse
	listener *feed.Listener
	last     int64 // the number of the newest event that was sent
}

func (s *sender) open() error {
	s.w.Header().Set("Content-Type", "text/event-stream")
	s.w.Header().Set("Cache-Control", "no-store")
	s.w.Header().Set("X-Accel-Buffering", "no")
	s.w.WriteHeader(http.StatusOK)
	if err := s.farewell(); err != nil || !s.beats {
		return err
	}
	return s.comment()
}

// farewell tells the reader when to come back once the stream has ended, for whatever
// reason. It is said at the beginning, since there may be no time for it at the end.
func (s *sender) farewell() error {
	again := againFirst + rand.IntN(againLast-againFirst) //nolint:gosec // nobody gains from knowing it
	if err := s.write(fmt.Appendf(nil, "retry: %d\n\n", again)); err != nil {
		return err
	}
	return s.control.Flush()
}

// present tells the state of a deployment as it is now.
func (s *sender) present(d dictumal.Deployment) error {
	status, err := statusFrame(s.last, d)
	if err != nil {
		return err
	}
	progress, err := progressFrame(s.last, d)
	if err != nil {
		return err
	}
	return s.write(append(status, progress...))
}

// follow sends what the reader has missed and then what happens, until the reader
// leaves or the server ends.
func (s *sender) follow(ctx context.Context) error {
	if err := aside.Do(ctx, s.catchUp); err != nil {
		return err
	}
	beat := time.NewTicker(s.interval())
	defer beat.Stop()
	for {
		var err error
		ended := false
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.listener.Woken():
			ended, err = s.deliver(ctx)
		case <-beat.C:
			err = s.comment()
		}
		if err != nil || ended {
			return err
		}
	}
}

// deliver sends what a listener has heard. What it heard of and was sent already,
// when it was read from the rows, is not sent again.
func (s *sender) deliver(ctx context.Context) (ended bool, err error) {
	messages, lagging, ended := s.listener.Take()
	if lagging {
		return ended, aside.Do(ctx, s.catchUp)
	}
	for _, m := range messages {
		if m.Number <= s.last {
			continue
		}
		text, err := m.Text(frame)
		if err != nil {
			return ended, err
		}
		if err := s.write(text); err != nil {
			return ended, err
		}
		s.last = m.Number
	}
	return ended, s.control.Flush()
}

// catchUp sends everything after the last number from the rows.
func (s *sender) catchUp(ctx context.Context) error {
	for {
		entries, err := s.from.after(ctx, s.last)
		if err != nil || len(entries) == 0 {
			return err
		}
		for _, entry := range entries {
			if err := s.entry(ctx, entry); err != nil {
				return err
			}
			s.last = entry.Number
		}
		if err := s.control.Flush(); err != nil {
			return err
		}
	}
}

func (s *sender) entry(ctx context.Context, e store.Entry) error {
	var d dictumal.Deployment
	if feed.Stateful(e.Kind) {
		var err error
		if d, err = s.from.get(ctx, e.Deployment); err != nil {
			return err
		}
	}
	text, err := frame(e, d)
	if err != nil {
		return err
	}
	return s.write(text)
}

func (s *sender) write(text []byte) error {
	if err := s.deadline(); err != nil {
		return err
	}
	_, err := s.w.Write(text)
	return err
}

func (s *sender) interval() time.Duration {
	if s.beats {
		return pulse
	}
	return heartbeat
}

// comment says that the stream is there; to whom it is no event it is a comment.
func (s *sender) comment() error {
	text := ": still here\n\n"
	if s.beats {
		text = "event: beat\ndata: {}\n\n"
	}
	if err := s.write([]byte(text)); err != nil {
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
