package digitalocean

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

func TestAfterFiveCallsWithoutAnAnswerNoneIsSentForAWhile(t *testing.T) {
	cases := []struct {
		name  string
		fault oceantest.Fault
	}{
		{"it is broken", oceantest.Status(503)},
		{"it drops connections", oceantest.Drop()},
		{"it never ends an answer", oceantest.SlowBody(time.Hour)},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			inOcean(t, oceantest.Options{}, func(w *world) {
				made := w.create()
				w.inspect(made.ID)
				time.Sleep(listQuiet) // until the list has to be read again
				w.ocean.Break("*", test.fault)
				w.looks(maxFailures)
				sent := len(w.ocean.Calls())
				for _, err := range everyCall(w.T, w.provider, made.ID) {
					got := refusal(w.T, err)
					if got.Reason != dictumal.ReasonProviderDown || got.RetryAfter != firstPause {
						w.Errorf("refused for %s until %v later, want after %v", got.Reason, got.RetryAfter, firstPause)
					}
				}
				time.Sleep(firstPause - time.Nanosecond)
				w.looks(1)
				if got := len(w.ocean.Calls()) - sent; got != 0 {
					w.Errorf("%d calls were sent meanwhile", got)
				}
			})
		})
	}
}

func TestCallsThatWereOutWhenTheCircuitOpenedChangeNothing(t *testing.T) {
	inOcean(t, oceantest.Options{}, func(w *world) {
		w.ocean.Break("GET /v2/account", oceantest.SlowBody(time.Hour))
		var out sync.WaitGroup
		for range 2 * maxFailures {
			out.Go(func() { w.looks(1) })
		}
		out.Wait()
		_, err := w.provider.readPayer(w.Context())
		if got := refusal(w.T, err); got.RetryAfter != firstPause {
			w.Errorf("asked to come back after %v, want %v", got.RetryAfter, firstPause)
		}
	})
}

func TestOneLookTriesWhetherThereAreAnswersAgain(t *testing.T) {
	inOcean(t, oceantest.Options{}, func(w *world) {
		made := w.create()
		w.ocean.Break("*", oceantest.Status(503))
		w.looks(maxFailures)
		sent := len(w.ocean.Calls())
		for _, pause := range []time.Duration{15 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 2 * time.Minute} {
			time.Sleep(pause - time.Nanosecond)
			w.looks(3)
			time.Sleep(time.Nanosecond)
			if err := w.provider.Destroy(w.Context(), made.ID); refusal(w.T, err).RetryAfter != askAgain {
				w.Errorf("destroy: %v", err)
			}
			w.looks(3)
			if sent++; len(w.ocean.Calls()) != sent {
				w.Fatalf("after %v %d calls were sent, want one that looks", pause, len(w.ocean.Calls())-sent+1)
			}
		}
		w.ocean.Heal()
		time.Sleep(2 * time.Minute)
		w.looks(1)
		if err := w.provider.Destroy(w.Context(), made.ID); err != nil {
			w.Errorf("destroy: %v", err)
		}
	})
}

func TestAnOrderIsTriedByALookFirst(t *testing.T) {
	inOcean(t, oceantest.Options{}, func(w *world) {
		w.create()
		w.ocean.Break("*", oceantest.Status(503))
		w.looks(maxFailures)
		time.Sleep(firstPause)
		_, err := w.provider.Create(w.Context(), spec())
		if got := refusal(w.T, err); got.Reason != dictumal.ReasonProviderDown || count(w.ocean, order) != 1 {
			w.Errorf("refused for %s after %d orders", got.Reason, count(w.ocean, order))
		}
		w.ocean.Heal()
		time.Sleep(2 * firstPause)
		w.create()
	})
}

func TestTheCircuitIsNotOpenedByWhatIsNoFaultOfTheCloud(t *testing.T) {
	cases := []struct {
		name string
		act  func(w *world)
	}{
		{"calls that are refused", func(w *world) {
			w.ocean.Break("GET /v2/account", oceantest.Status(403))
			w.looks(maxFailures)
		}},
		{"an answer between failures", func(w *world) {
			for range 3 {
				w.ocean.Fail("GET /v2/account", oceantest.Times(maxFailures-1, oceantest.Status(500))...)
				w.looks(maxFailures)
			}
		}},
		{"calls that nobody waits for", func(w *world) {
			w.ocean.Break("GET /v2/account", oceantest.SlowBody(time.Minute))
			for range maxFailures {
				ctx, leave := context.WithCancel(w.Context())
				time.AfterFunc(time.Second, leave)
				if _, _, err := w.provider.client.Account.Get(ctx); !errors.Is(err, context.Canceled) {
					w.Errorf("error %v, want the context's", err)
				}
			}
		}},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			inOcean(t, oceantest.Options{}, func(w *world) {
				test.act(w)
				w.ocean.Heal()
				if _, err := w.provider.readPayer(w.Context()); err != nil {
					w.Errorf("account: %v", err)
				}
			})
		})
	}
}

func TestATrialThatNobodyWaitsForIsFollowedByAnother(t *testing.T) {
	inOcean(t, oceantest.Options{}, func(w *world) {
		w.ocean.Break("*", oceantest.Status(503))
		w.looks(maxFailures)
		w.ocean.Heal()
		w.ocean.Fail("*", oceantest.SlowBody(10*time.Second))
		time.Sleep(firstPause)
		ctx, leave := context.WithCancel(w.Context())
		var first sync.WaitGroup
		first.Go(func() { _, _, _ = w.provider.client.Account.Get(ctx) })
		synctest.Wait()
		if _, err := w.provider.readPayer(w.Context()); refusal(w.T, err).Reason != dictumal.ReasonProviderDown {
			w.Errorf("account: %v", err)
		}
		leave()
		first.Wait()
		if _, err := w.provider.readPayer(w.Context()); err != nil {
			w.Errorf("account: %v", err)
		}
	})
}

// Private

// looks makes calls that look, whatever comes of them.
func (w *world) looks(calls int) {
	w.Helper()
	for range calls {
		_, _ = w.provider.readPayer(w.Context())
	}
}
