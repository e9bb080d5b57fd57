package server

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/dictumal/dictumal"
)

// readyTime is how long the database may take to answer whoever asks whether the
// server is ready.
const readyTime = 2 * time.Second

// Private

// readiness tells whether the server can do its work. What it asks may hang, and is
// therefore asked once for all who want to know meanwhile.
type readiness struct {
	ask    func(ctx context.Context) error
	asking singleflight.Group
	ending atomic.Bool // the server shuts down
}

// fault is why the server is not ready; nil where it is.
func (r *readiness) fault(ctx context.Context) error {
	if r.ending.Load() {
		return dictumal.NewError(dictumal.CodeUnavailable, "The server is shutting down; ask the one that takes its place.")
	}
	ctx, cancel := context.WithTimeout(ctx, readyTime)
	defer cancel()
	answer := r.asking.DoChan("", func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readyTime)
		defer cancel()
		return nil, r.ask(ctx)
	})
	var err error
	select {
	case got := <-answer:
		err = got.Err
	case <-ctx.Done():
		err = fmt.Errorf("no answer within %s: %w", readyTime, context.Cause(ctx))
	}
	if told, ok := errors.AsType[*dictumal.Error](err); ok {
		return told
	}
	if err != nil {
		return dictumal.NewError(dictumal.CodeUnavailable, "The database does not answer, so nothing can be read or changed here; "+
			"see whether its disk is there and has room, and whether another program holds it.").Wrap(err)
	}
	return nil
}
