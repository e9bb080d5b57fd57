package app

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/config"
)

func TestAClockThatGoesWrongAndComesBackIsNoticed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ahead atomic.Int64
		var away atomic.Bool
		var said strings.Builder
		c := &clock{
			ahead: func(context.Context) (time.Duration, error) {
				if away.Load() {
					return 0, errors.New("away")
				}
				return time.Duration(ahead.Load()), nil
			},
			log: slog.New(slog.NewTextHandler(&said, nil)),
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- c.run(ctx) }()
		later := func(want bool) {
			t.Helper()
			time.Sleep(lookAtClock)
			synctest.Wait()
			if (c.right() == nil) != want {
				t.Errorf("the clock is right: %v", c.right())
			}
		}
		later(true)
		ahead.Store(int64(time.Minute))
		later(false)
		away.Store(true) // nothing is known that would change it
		later(false)
		away.Store(false)
		ahead.Store(int64(time.Millisecond))
		later(true)
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		for _, want := range []string{"its clock and the database's differ", "database_ahead=1m0s", "agrees with the database's again"} {
			if strings.Count(said.String(), want) != 1 {
				t.Errorf("the log has not once %q:\n%s", want, said.String())
			}
		}
	})
}

func TestAClockThatJumpsIsComparedBeforeAnythingIsBegun(t *testing.T) {
	for name, jump := range map[string]time.Duration{"it is set": -time.Minute, "it went on while the host slept": time.Hour} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var jumped atomic.Int64
				c := &clock{
					ahead: func(context.Context) (time.Duration, error) { return 0, nil },
					wall:  func() time.Time { return time.Now().Round(0).Add(time.Duration(jumped.Load())) },
					log:   slog.New(slog.DiscardHandler),
				}
				ctx, stop := context.WithCancel(t.Context())
				ended := make(chan error, 1)
				go func() { ended <- c.run(ctx) }()
				time.Sleep(lookAtClock / 2)
				synctest.Wait()
				if err := c.right(); err != nil {
					t.Error(err)
				}
				jumped.Store(int64(jump))
				if said := dictumal.ErrorMessage(c.right()); !strings.Contains(said, "has jumped by "+jump.String()) {
					t.Errorf("with a clock that has jumped by %s it says %q", jump, said)
				}
				time.Sleep(lookAtClock)
				synctest.Wait()
				if err := c.right(); err != nil {
					t.Errorf("with a clock that has jumped to where the database's is: %v", err)
				}
				stop()
				if err := <-ended; err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestNothingIsBegunWhileTheClockDiffers(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	cfg, err := config.Load([]string{
		"DICTUMAL_LISTEN=127.0.0.1:0", "DICTUMAL_DATA_DIR=" + data, "INCUS_SOCKET=" + filepath.Join(data, "no-incus"),
	}, "")
	if err != nil {
		t.Fatal(err)
	}
	a, err := New(t.Context(), cfg, "test", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}()
	for _, ahead := range []time.Duration{0, time.Minute, -time.Minute, time.Second} {
		a.clock.ahead = func(context.Context) (time.Duration, error) { return ahead, nil }
		a.clock.look(t.Context())
		for who, err := range map[string]error{"the server": a.ready(t.Context()), "the runner": a.runner.Fit(), "the sweeper": a.sweeper.Fit()} {
			if (err == nil) != (ahead.Abs() <= maxSkew) {
				t.Errorf("with the database's clock ahead by %s, %s says %v", ahead, who, err)
			}
		}
	}
}
