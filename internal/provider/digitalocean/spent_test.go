package digitalocean

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/dictumal/dictumal"
)

func TestNoScheduleOfCallsPassesTheLimits(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		schedule := slices.Repeat(rapid.SliceOfN(bursts(), 1, 10).Draw(r, "bursts"), rapid.IntRange(1, 15).Draw(r, "times"))
		var sent []sentCall
		synctest.Test(t, func(t *testing.T) {
			q := newQueue(t)
			for _, burst := range schedule {
				time.Sleep(burst.after)
				q.call(burst)
			}
			q.calls.Wait()
			sent = q.sent
		})
		for _, bar := range []struct {
			class Class
			span  time.Duration
			calls int
		}{
			{Destroy, time.Minute, 240},
			{Create, time.Minute, 228},
			{Look, time.Minute, 216},
			{Destroy, time.Hour, 4000},
			{Create, time.Hour, 3800},
			{Look, time.Hour, 3600},
		} {
			if got := most(sent, bar.class, bar.span); got > bar.calls {
				r.Fatalf("a %s was the call number %d within %v, want %d at most", bar.class, got, bar.span, bar.calls)
			}
		}
	})
}

func TestNoDestroyWaitsBehindLooks(t *testing.T) {
	type minute struct{ looks, destroys, at, rest int }
	minutes := rapid.Custom(func(r *rapid.T) minute {
		return minute{
			looks: rapid.IntRange(0, 400).Draw(r, "looks"), destroys: rapid.IntRange(0, 5).Draw(r, "destroys"),
			at: rapid.IntRange(0, 59).Draw(r, "at"), rest: rapid.IntRange(0, 60).Draw(r, "rest"),
		}
	})
	rapid.Check(t, func(r *rapid.T) {
		schedule := rapid.SliceOfN(minutes, 1, 75).Draw(r, "minutes")
		var longest time.Duration
		synctest.Test(t, func(t *testing.T) {
			q := newQueue(t)
			for _, minute := range schedule {
				q.call(burst{class: Look, count: minute.looks})
				time.Sleep(time.Duration(minute.at) * time.Second)
				for range minute.destroys {
					begun := time.Now()
					if err := q.take(t.Context(), Destroy); err != nil {
						t.Errorf("destroy: %v", err)
					}
					longest = max(longest, time.Since(begun))
				}
				time.Sleep(time.Duration(minute.rest) * time.Second)
			}
			q.calls.Wait()
		})
		if longest > 0 {
			r.Fatalf("a destroy has waited for %v", longest)
		}
	})
}

func TestWhatIsMoreUrgentOvertakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(t)
		begun := time.Now()
		// The minute is full. The looks' share is free again in 4 s, one call more a
		// second later.
		q.spent.at = slices.Repeat([]time.Time{begun.Add(2*time.Second - time.Minute)}, 12)
		q.spent.at = append(q.spent.at, slices.Repeat([]time.Time{begun.Add(3*time.Second - time.Minute)}, 12)...)
		q.spent.at = append(q.spent.at, slices.Repeat([]time.Time{begun.Add(4*time.Second - time.Minute)}, 3)...)
		q.spent.at = append(q.spent.at, slices.Repeat([]time.Time{begun}, 240-27)...)
		for _, class := range []Class{Look, Create, Destroy} {
			q.call(burst{class: class, count: 1})
			synctest.Wait()
		}
		q.calls.Wait()
		var order []Class
		var after []time.Duration
		for _, sent := range q.sent {
			order, after = append(order, sent.class), append(after, sent.at.Sub(begun))
		}
		if !slices.Equal(order, []Class{Destroy, Create, Look}) ||
			!slices.Equal(after, []time.Duration{2 * time.Second, 3 * time.Second, 4 * time.Second}) {
			t.Errorf("%v went after %v", order, after)
		}
	})
}

func TestACallWaitsForItsTurnNoLongerThanItMay(t *testing.T) {
	const spare = time.Second
	cases := []struct {
		name    string
		class   Class
		left    time.Duration // of the caller's time; 0: all there is
		turn    time.Duration // until its turn comes
		waits   time.Duration
		refused time.Duration // RetryAfter; 0: it goes
	}{
		{"a look goes when its turn comes", Look, 0, lookWait, lookWait, 0},
		{"a look whose turn comes too late is refused at once", Look, 0, lookWait + spare, 0, lookWait + spare},
		{"a destroy waits longer", Destroy, 0, callTimeout - sendTime, callTimeout - sendTime, 0},
		{"but leaves time for being sent", Destroy, 0, callTimeout - sendTime + spare, 0, callTimeout - sendTime + spare},
		{"the caller's time counts", Create, 8 * time.Second, 8*time.Second - sendTime, 8*time.Second - sendTime, 0},
		{"and what has too little of it is refused at once", Create, 8 * time.Second, 4 * time.Second, 0, 4 * time.Second},
		{"what has no time left and need not wait goes", Look, spare, 0, 0, 0},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				q := newQueue(t)
				begun := time.Now()
				q.spent.at = slices.Repeat([]time.Time{begun.Add(test.turn - time.Minute)}, 240)
				ctx := t.Context()
				if test.left > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, test.left)
					defer cancel()
				}
				err := q.take(ctx, test.class)
				if got := time.Since(begun); got != test.waits {
					t.Errorf("it has waited for %v, want %v", got, test.waits)
				}
				if test.refused == 0 {
					if err != nil {
						t.Errorf("error %v, want it sent", err)
					}
					return
				}
				if got := refusal(t, err); got.Reason != dictumal.ReasonRateLimited || got.RetryAfter != test.refused {
					t.Errorf("refused for %s until %v later, want %v", got.Reason, got.RetryAfter, test.refused)
				}
			})
		})
	}
}

func TestWhoComesBehindOthersIsToldOfItsOwnTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(t)
		begun := time.Now()
		q.spent.at = slices.Repeat([]time.Time{begun.Add(4*time.Second - time.Minute)}, 26) // 24 of them are for others
		q.spent.at = append(q.spent.at, slices.Repeat([]time.Time{begun.Add(-time.Second)}, 240-26)...)
		q.call(burst{class: Look, count: 2})
		synctest.Wait()
		err := q.take(t.Context(), Look)
		if got := refusal(t, err); got.RetryAfter != 59*time.Second || time.Since(begun) > 0 {
			t.Errorf("after %v the third was told to come back in %v", time.Since(begun), got.RetryAfter)
		}
		q.calls.Wait()
		if len(q.sent) != 2 {
			t.Errorf("%d of two went (%v)", len(q.sent), q.refused)
		}
	})
}

func TestWhoIsOvertakenTooOftenIsRefusedInTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(t)
		begun := time.Now()
		q.spent.at = slices.Repeat([]time.Time{begun.Add(3*time.Second - time.Minute)}, 25)
		q.spent.at = append(q.spent.at, slices.Repeat([]time.Time{begun}, 240-25)...)
		q.call(burst{class: Look, count: 1})
		synctest.Wait()
		q.call(burst{class: Destroy, count: 1}) // takes the only turn that a look could have
		q.calls.Wait()
		if len(q.sent) != 1 || q.sent[0].class != Destroy {
			t.Errorf("sent were %v", q.sent)
		}
		if got := refusal(t, q.refused[0]); got.RetryAfter != 55*time.Second {
			t.Errorf("asked to come back after %v", got.RetryAfter)
		}
		if got := time.Since(begun); got != lookWait {
			t.Errorf("it has waited for %v", got)
		}
	})
}

func TestWhoLeavesTheQueueHoldsUpNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(t)
		q.spent.at = slices.Repeat([]time.Time{time.Now().Add(4*time.Second - time.Minute)}, 240-23)
		q.spent.at[0] = time.Now().Add(2*time.Second - time.Minute)
		q.spent.at[1] = q.spent.at[0]
		ctx, leave := context.WithCancel(t.Context())
		left := make(chan error)
		go func() { left <- q.take(ctx, Look) }()
		synctest.Wait()
		leave()
		if err := <-left; !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want the context's", err)
		}
		begun := time.Now()
		if err := q.take(t.Context(), Look); err != nil || time.Since(begun) != 2*time.Second {
			t.Errorf("the next one went after %v (%v)", time.Since(begun), err)
		}
	})
}

// Private

// queue is a budget whose calls are written down.
type queue struct {
	*testing.T
	budget
	calls sync.WaitGroup

	mu      sync.Mutex
	sent    []sentCall
	refused []error
}

type sentCall struct {
	class Class
	at    time.Time
}

// burst is some calls of one class at once.
type burst struct {
	after time.Duration
	class Class
	count int
}

func bursts() *rapid.Generator[burst] {
	return rapid.Custom(func(r *rapid.T) burst {
		return burst{
			after: rapid.SampledFrom([]time.Duration{0, time.Second, 13 * time.Second, 59 * time.Second, time.Minute, 5 * time.Minute}).Draw(r, "after"),
			class: rapid.SampledFrom([]Class{Destroy, Create, Look}).Draw(r, "class"),
			count: rapid.SampledFrom([]int{1, 10, 100, 300}).Draw(r, "count"),
		}
	})
}

func newQueue(t *testing.T) *queue {
	t.Helper()
	return &queue{T: t}
}

func (q *queue) call(b burst) {
	for range b.count {
		q.calls.Go(func() {
			ctx, cancel := context.WithTimeout(q.Context(), callTimeout)
			defer cancel()
			err := q.take(ctx, b.class)
			q.mu.Lock()
			defer q.mu.Unlock()
			if err != nil {
				q.refused = append(q.refused, err)
			} else {
				q.sent = append(q.sent, sentCall{b.class, time.Now()})
			}
		})
	}
}

// most is the most calls that were sent within a span that ends with one of a class.
// Of the others at the very moment nobody knows which were earlier.
func most(sent []sentCall, class Class, span time.Duration) (most int) {
	slices.SortStableFunc(sent, func(a, b sentCall) int { return a.at.Compare(b.at) })
	first := 0
	for last, call := range sent {
		for call.at.Sub(sent[first].at) >= span {
			first++
		}
		if call.class != class {
			continue
		}
		count, _ := slices.BinarySearchFunc(sent[first:last+1], call.at, func(c sentCall, at time.Time) int { return c.at.Compare(at) })
		for _, other := range sent[first+count : last+1] {
			if other.class == class {
				count++
			}
		}
		most = max(most, count)
	}
	return most
}
