package digitalocean

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
	"github.com/dictumal/dictumal/internal/store/storetest"
)

func TestThreeReplicasAtFullSpeedAreNeverTooManyTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, oceantest.Options{Limit: 1000})
		end := time.Now().Add(70 * time.Minute)
		var work sync.WaitGroup
		for _, replica := range f.replicas {
			for range 4 {
				work.Go(func() { f.repeat(end, 0, func() error { return f.look(replica) }) })
			}
			work.Go(func() {
				f.repeat(end, 20*time.Second, func() error {
					made, err := replica.Create(t.Context(), spec())
					if err == nil {
						time.Sleep(20 * time.Second)
						f.repeat(time.Now(), 0, func() error { return replica.Destroy(t.Context(), made.ID) })
					}
					return err
				})
			})
		}
		work.Wait()
		if got := f.tooMany(); got != 0 {
			t.Errorf("%d calls were too many, want none", got)
		}
		minute, hour := f.busiest(time.Minute), f.busiest(time.Hour)
		if minute < 216 || minute > 240 || hour < 3600 || hour > 4000 {
			t.Errorf("%d calls in a minute and %d in an hour, want what is allowed", minute, hour)
		}
		t.Logf("%d calls in the busiest minute, %d in the busiest hour; the ledger was asked %d times for %d", minute, hour, f.asked, len(f.ocean.Calls()))
		if f.asked > 4*len(f.ocean.Calls()) {
			t.Errorf("the ledger was asked %d times for %d calls", f.asked, len(f.ocean.Calls()))
		}
	})
}

func TestADestroyGoesAtOnceWhereOtherReplicasLooksUseEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, oceantest.Options{})
		made, err := f.replicas[2].Create(t.Context(), spec())
		if err != nil {
			t.Fatalf("create: %v", err)
		}
		end := time.Now().Add(3 * time.Minute)
		var looks sync.WaitGroup
		for _, replica := range f.replicas[:2] {
			for range 20 {
				looks.Go(func() { f.repeat(end, 0, func() error { return f.look(replica) }) })
			}
		}
		time.Sleep(90 * time.Second)
		if err := f.look(f.replicas[2]); err == nil {
			t.Error("a look had its turn at once: the others do not use everything")
		}
		begun := time.Now()
		if err := f.replicas[2].Destroy(t.Context(), made.ID); err != nil || time.Since(begun) > 0 {
			t.Errorf("the destroy went after %v (%v)", time.Since(begun), err)
		}
		looks.Wait()
	})
}

func TestAPauseThatOneReplicaHearsOfHoldsForAll(t *testing.T) {
	cases := []struct {
		name string
		deaf bool // the ledger cannot be told
		sent int  // calls after the first that was too many
	}{
		{"told by the ledger, the others send none", false, 0},
		{"where it could not be told, each sends one at most", true, 2},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFleet(t, oceantest.Options{})
				f.deaf = test.deaf
				f.ocean.Break("GET /v2/regions", oceantest.Burst(30*time.Second))
				_ = f.look(f.replicas[0])
				for range 5 {
					for _, replica := range f.replicas {
						err := f.look(replica)
						if got := refusal(t, err); got.Reason != dictumal.ReasonRateLimited || got.RetryAfter != 30*time.Second {
							t.Errorf("refused for %s until %v later, want 30 s", got.Reason, got.RetryAfter)
						}
						if health := replica.Health(); health.OK {
							t.Error("nobody is told of the pause")
						}
					}
				}
				if got := len(f.ocean.Calls()) - 1; got != test.sent {
					t.Errorf("%d more calls were sent, want %d", got, test.sent)
				}
				f.ocean.Heal()
				time.Sleep(30 * time.Second)
				for _, replica := range f.replicas {
					if err := f.look(replica); err != nil {
						t.Errorf("after the pause: %v", err)
					}
				}
			})
		})
	}
}

func TestARestartForgetsNothingThatWasSpent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, oceantest.Options{})
		for range limits[0].of(Look) {
			if err := f.look(f.replicas[0]); err != nil {
				t.Fatalf("look: %v", err)
			}
		}
		time.Sleep(20 * time.Second)
		anew := open(f.ocean, Config{Ledger: f})
		if got := refusal(t, f.look(anew)); got.RetryAfter != 40*time.Second {
			t.Errorf("asked to come back after %v, want 40 s", got.RetryAfter)
		}
		if err := f.look(anew); err == nil || f.asked != limits[0].of(Look)+1 {
			t.Errorf("what is known was asked for again (%d times)", f.asked)
		}
		time.Sleep(35 * time.Second)
		begun := time.Now()
		if err := f.look(anew); err != nil || time.Since(begun) != 5*time.Second {
			t.Errorf("the next look went after %v (%v), want 5 s", time.Since(begun), err)
		}
	})
}

func TestARestartForgetsNoPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, oceantest.Options{})
		f.ocean.Fail("GET /v2/regions", oceantest.Burst(30*time.Second))
		_ = f.look(f.replicas[0])
		time.Sleep(10 * time.Second)
		anew := open(f.ocean, Config{Ledger: f})
		if got := refusal(t, f.look(anew)); got.RetryAfter != 20*time.Second {
			t.Errorf("asked to come back after %v, want 20 s", got.RetryAfter)
		}
	})
}

func TestWhereTheDatabaseIsAwayNothingIsSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, oceantest.Options{})
		made, err := f.replicas[0].Create(t.Context(), spec())
		if err != nil {
			t.Fatalf("create: %v", err)
		}
		sent := len(f.ocean.Calls())
		for name, away := range map[string]func(context.Context) error{
			"it fails":           func(context.Context) error { return errors.New("away") },
			"it does not answer": func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() },
		} {
			f.away = away
			begun := time.Now()
			for _, err := range everyCall(t, f.replicas[1], made.ID) {
				if got := refusal(t, err); got.Reason != dictumal.ReasonRateLimited || got.RetryAfter < minPause {
					t.Errorf("%s: refused for %s until %v later", name, got.Reason, got.RetryAfter)
				}
			}
			if got := time.Since(begun); got > 6*callTimeout {
				t.Errorf("%s: six calls were held up for %v", name, got)
			}
		}
		if got := len(f.ocean.Calls()) - sent; got != 0 {
			t.Errorf("%d calls were sent", got)
		}
		f.away = nil
		time.Sleep(listMoving)
		if err := f.replicas[1].Destroy(t.Context(), made.ID); err != nil {
			t.Errorf("destroy: %v", err)
		}
	})
}

func TestWhoIsHeldBackByTheLedgerLosesNothingOfItsOwnShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, oceantest.Options{})
		for range limits[0].of(Look) {
			_ = f.look(f.replicas[0])
		}
		time.Sleep(30 * time.Second)
		for range 1000 {
			_ = f.look(f.replicas[1])
		}
		time.Sleep(30 * time.Second)
		for range limits[0].of(Look) {
			if err := f.look(f.replicas[1]); err != nil {
				t.Fatalf("look: %v", err)
			}
		}
	})
}

// Private

// fleet is three replicas with one account and one ledger.
type fleet struct {
	*testing.T
	ocean    *oceantest.Ocean
	replicas []*Provider
	deaf     bool
	away     func(context.Context) error // nil: it is there

	mu     sync.Mutex
	asked  int
	ledger Ledger
	shelf  Shelf
}

func newFleet(t *testing.T, options oceantest.Options) *fleet {
	t.Helper()
	options.Token = token
	rows := storetest.Open(t)
	f := &fleet{T: t, ocean: oceantest.New(options), ledger: rows, shelf: rows}
	for range 3 {
		f.replicas = append(f.replicas, open(f.ocean, Config{Ledger: f, Shelf: f.shelf}))
	}
	return f
}

func (f *fleet) TakeCall(ctx context.Context, minute, hour int) (wait, pause time.Duration, err error) {
	f.mu.Lock()
	f.asked++
	f.mu.Unlock()
	if f.away != nil {
		return 0, 0, f.away(ctx)
	}
	return f.ledger.TakeCall(ctx, minute, hour)
}

func (f *fleet) PauseCalls(ctx context.Context, wait time.Duration) error {
	if f.deaf {
		return errors.New("away")
	}
	return f.ledger.PauseCalls(ctx, wait)
}

// look is a call that only looks, and is sent each time.
func (f *fleet) look(replica *Provider) error {
	_, _, err := replica.client.Regions.List(f.Context(), nil)
	if err != nil {
		return replica.explain("list regions", "regions:read", err)
	}
	return nil
}

// repeat does something at a pace until a time, and once at least. What is refused is
// done again when the refusal says.
func (f *fleet) repeat(end time.Time, pace time.Duration, do func() error) {
	for {
		wait := pace
		if err := do(); err != nil {
			wait = refusal(f.T, err).RetryAfter
		} else if !time.Now().Before(end) {
			return
		}
		if time.Sleep(wait); time.Now().After(end.Add(time.Hour)) {
			return
		}
	}
}

func (f *fleet) tooMany() int {
	return len(slices.DeleteFunc(f.ocean.Calls(), func(c oceantest.Call) bool { return c.Status != http.StatusTooManyRequests }))
}

// busiest is the most calls that were sent within a span.
func (f *fleet) busiest(span time.Duration) (most int) {
	calls, first := f.ocean.Calls(), 0
	for last, call := range calls {
		for call.At.Sub(calls[first].At) >= span {
			first++
		}
		most = max(most, last+1-first)
	}
	return most
}
