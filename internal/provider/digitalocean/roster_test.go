package digitalocean

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

const list = "GET /v2/droplets"

func TestManyWhoLookCostNoMoreThanOne(t *testing.T) {
	inOcean(t, oceantest.Options{Boot: time.Hour}, func(w *world) {
		made := w.create()
		before := count(w.ocean, list)
		var viewers sync.WaitGroup
		for range 50 {
			viewers.Go(func() { w.inspect(made.ID) })
			viewers.Go(func() { _, _ = w.provider.Find(w.Context(), made.Name) })
			viewers.Go(func() { _, _ = w.provider.Inspect(w.Context(), "1") })
		}
		viewers.Wait()
		if got := count(w.ocean, list) - before; got != 1 {
			w.Errorf("%d lists were read, want 1", got)
		}
		if got := count(w.ocean, "GET /v2/droplets/{id}"); got != 1 {
			w.Errorf("what is not listed was asked for %d times, want once", got)
		}
	})
}

func TestHowLongAListIsGood(t *testing.T) {
	cases := []struct {
		name    string
		options oceantest.Options
		prepare func(w *world, made dictumal.Machine)
		want    time.Duration
	}{
		{"a minute while nothing changes", oceantest.Options{}, func(*world, dictumal.Machine) {}, listQuiet},
		{"seconds while a machine is made", oceantest.Options{Boot: time.Hour}, func(*world, dictumal.Machine) {}, listMoving},
		{"seconds while a machine has no address", oceantest.Options{AddressAfter: time.Hour}, func(*world, dictumal.Machine) {}, listMoving},
		{
			"a minute again once a machine takes too long",
			oceantest.Options{Boot: time.Hour},
			func(*world, dictumal.Machine) { time.Sleep(patience) }, listQuiet,
		},
		{"seconds after an order without an answer", oceantest.Options{}, func(w *world, _ dictumal.Machine) {
			w.ocean.Fail(order, oceantest.Drop())
			_, _ = w.provider.Create(w.Context(), spec())
		}, listMoving},
		{"a minute after an order that was refused", oceantest.Options{}, func(w *world, _ dictumal.Machine) {
			w.ocean.Fail(order, oceantest.Status(422))
			_, _ = w.provider.Create(w.Context(), spec())
		}, listQuiet},
		{"seconds while a machine is removed", oceantest.Options{Linger: time.Hour}, func(w *world, made dictumal.Machine) {
			_ = w.provider.Destroy(w.Context(), made.ID)
		}, listMoving},
		{"a minute once it is gone", oceantest.Options{}, func(w *world, made dictumal.Machine) {
			_ = w.provider.Destroy(w.Context(), made.ID)
		}, listQuiet},
		{"seconds while a machine is missing", oceantest.Options{}, func(w *world, _ dictumal.Machine) {
			_, _ = w.provider.Find(w.Context(), spec().Name)
		}, listMoving},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			inOcean(t, test.options, func(w *world) {
				made := w.create()
				_, _ = w.provider.List(w.Context())
				test.prepare(w, made)
				time.Sleep(listMoving)
				_, _ = w.provider.List(w.Context())
				begun := count(w.ocean, list)
				time.Sleep(time.Until(w.provider.roster.sheet.begun.Add(test.want)) - time.Nanosecond)
				_, _ = w.provider.List(w.Context())
				if got := count(w.ocean, list) - begun; got != 0 {
					w.Errorf("before %v have passed the list was read again", test.want)
				}
				time.Sleep(time.Nanosecond)
				_, _ = w.provider.List(w.Context())
				if got := count(w.ocean, list) - begun; got != 1 {
					w.Errorf("once %v have passed the list was read %d times, want once", test.want, got)
				}
			})
		})
	}
}

func TestAListIsGoodForLongerTheLongerItIs(t *testing.T) {
	for _, test := range []struct {
		pages         int
		moving, quiet time.Duration
	}{
		{1, listMoving, listQuiet},
		{4, listMoving, listQuiet},
		{10, 12 * time.Second, listQuiet},
		{50, time.Minute, listQuiet},
		{100, 2 * time.Minute, 2 * time.Minute},
	} {
		length := reading{pages: test.pages}
		if moving, quiet := length.good(listMoving), length.good(listQuiet); moving != test.moving || quiet != test.quiet {
			t.Errorf("with %d pages it is good for %v while something changes, else %v; want %v and %v", test.pages, moving, quiet, test.moving, test.quiet)
		}
	}
}

// Of so many pages a list is good for a minute.
func TestWhatALongListMissesIsNoAbsenceForAsLongAsItIsGood(t *testing.T) {
	for name, look := range map[string]func(context.Context, *roster) bool{
		"by id": func(ctx context.Context, r *roster) bool {
			_, err := r.one(ctx, "7")
			return errors.Is(err, dictumal.ErrMachineNotFound)
		},
		"by name": func(ctx context.Context, r *roster) bool {
			found, err := r.named(ctx, "seven")
			return len(found) == 0 && err == nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				lists := 0
				r := newRoster(
					func(context.Context) (reading, error) { lists++; return reading{pages: 50}, nil },
					func(context.Context, string) (dictumal.Machine, error) {
						return dictumal.Machine{}, dictumal.ErrMachineNotFound
					})
				for absence := range 4 {
					for range 2 {
						if !look(t.Context(), r) {
							t.Fatal("it is there")
						}
					}
					if lists != absence+1 {
						t.Errorf("absence %d is of list %d", absence+1, lists)
					}
					time.Sleep(listMoving)
				}
			})
		})
	}
}

func TestALongListIsReadSeldomer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ocean := oceantest.New(oceantest.Options{Token: token, Limit: 2000, Rate: oceantest.Rate{Minute: -1, Hour: -1}})
		provider := open(ocean, Config{})
		for made := 0; made < 5*perPage+1; {
			if _, err := provider.Create(t.Context(), spec()); err == nil {
				made++
			} else {
				time.Sleep(refusal(t, err).RetryAfter)
			}
		}
		time.Sleep(time.Hour)
		provider = open(ocean, Config{}) // which does not know what moves
		begun := count(ocean, list)
		for range 60 {
			if _, err := provider.List(t.Context()); err != nil {
				t.Errorf("list: %v", err)
			}
			time.Sleep(time.Second)
		}
		// Six pages each 8 s, since nobody asks after 7.2 s.
		if got := count(ocean, list) - begun; got != 6*8 {
			t.Errorf("%d pages were read in a minute, want 48", got)
		}
	})
}

func TestTheFirstMinuteIsWakeful(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ocean := oceantest.New(oceantest.Options{Token: token})
		provider := open(ocean, Config{})
		for range 60 {
			_, _ = provider.List(t.Context())
			time.Sleep(time.Second)
		}
		if got := count(ocean, list); got != 12 {
			t.Errorf("%d lists were read, want one each 5 seconds", got)
		}
	})
}

func TestAChangeShowsInTheNextLook(t *testing.T) {
	cases := []struct {
		name   string
		change func(w *world, made dictumal.Machine)
		want   string
	}{
		{"a machine that was started", func(w *world, made dictumal.Machine) {
			_ = w.provider.Start(w.Context(), made.ID)
		}, "active"},
		{"a machine whose start had no answer", func(w *world, made dictumal.Machine) {
			w.ocean.Fail("POST /v2/droplets/{id}/actions", oceantest.DropAfterEffect())
			_ = w.provider.Start(w.Context(), made.ID)
		}, "active"},
		{"a machine that was destroyed", func(w *world, made dictumal.Machine) {
			_ = w.provider.Destroy(w.Context(), made.ID)
		}, "missing"},
		{"a machine whose destroy had no answer", func(w *world, made dictumal.Machine) {
			w.ocean.Fail("DELETE /v2/droplets/{id}", oceantest.AfterEffect(500))
			_ = w.provider.Destroy(w.Context(), made.ID)
		}, "missing"},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			inOcean(t, oceantest.Options{}, func(w *world) {
				made := w.create()
				id, _ := strconv.Atoi(made.ID)
				w.ocean.PowerOff(id)
				if got := w.describe(made.ID); got != "off" {
					w.Fatalf("the machine is %s, want it off", got)
				}
				test.change(w, made)
				if got := w.describe(made.ID); got != test.want {
					w.Errorf("the machine is %s, want %s", got, test.want)
				}
			})
		})
	}
}

func TestAMachineThatVanishesBehindTheListIsGone(t *testing.T) {
	inOcean(t, oceantest.Options{}, func(w *world) {
		made := w.create()
		w.inspect(made.ID)
		id, _ := strconv.Atoi(made.ID)
		w.ocean.Vanish(id)
		if err := w.provider.Start(w.Context(), made.ID); !errors.Is(err, dictumal.ErrMachineNotFound) {
			w.Errorf("start: error %v, want ErrMachineNotFound", err)
		}
	})
	inOcean(t, oceantest.Options{}, func(w *world) {
		made := w.create()
		w.inspect(made.ID)
		id, _ := strconv.Atoi(made.ID)
		w.ocean.Vanish(id)
		if err := w.provider.Destroy(w.Context(), made.ID); err != nil {
			w.Errorf("destroy: %v", err)
		}
		if got := count(w.ocean, "DELETE /v2/droplets/{id}"); got != 1 {
			w.Errorf("%d deletes were sent, want 1", got)
		}
	})
}

// A list that was asked for before an order and arrives after it knows nothing of
// the machine.
func TestAListThatWasBegunBeforeAnOrderDoesNotAnswerForIt(t *testing.T) {
	inOcean(t, oceantest.Options{}, func(w *world) {
		w.ocean.Fail(list, oceantest.SlowBody(10*time.Second))
		var early sync.WaitGroup
		early.Go(func() {
			if machines, err := w.provider.List(w.Context()); err != nil || len(machines) != 0 {
				w.Errorf("listed %v (%v), want what was there when it was asked for", machines, err)
			}
		})
		synctest.Wait()
		made := w.create()
		found, err := w.provider.Find(w.Context(), made.Name)
		if err != nil || len(found) != 1 {
			w.Errorf("found %v (%v), want the machine", found, err)
		}
		early.Wait()
		if machines, err := w.provider.List(w.Context()); err != nil || len(machines) != 1 {
			w.Errorf("listed %v (%v): the older list has taken the newer one's place", machines, err)
		}
	})
}

func TestWhoLeavesDoesNotEndTheListForOthers(t *testing.T) {
	inOcean(t, oceantest.Options{}, func(w *world) {
		w.ocean.Fail(list, oceantest.SlowBody(10*time.Second))
		hasty, leave := context.WithCancel(w.Context())
		var looks sync.WaitGroup
		looks.Go(func() {
			if _, err := w.provider.List(hasty); !errors.Is(err, context.Canceled) {
				w.Errorf("error %v, want the context's", err)
			}
		})
		synctest.Wait()
		looks.Go(func() {
			if _, err := w.provider.List(w.Context()); err != nil {
				w.Errorf("list: %v", err)
			}
		})
		synctest.Wait()
		leave()
		looks.Wait()
		if got := count(w.ocean, list); got != 1 {
			w.Errorf("%d lists were read, want 1", got)
		}
	})
}

func TestAListThatFailedIsNotReadByEverybody(t *testing.T) {
	inOcean(t, oceantest.Options{}, func(w *world) {
		w.ocean.Break(list, oceantest.Status(503))
		for range 10 {
			if _, err := w.provider.List(w.Context()); refusal(w.T, err).Reason != dictumal.ReasonProviderDown {
				w.Errorf("list: %v", err)
			}
		}
		if got := count(w.ocean, list); got != 1 {
			w.Errorf("%d lists were read, want 1", got)
		}
		w.ocean.Heal()
		time.Sleep(askAgain)
		if _, err := w.provider.List(w.Context()); err != nil {
			w.Errorf("list: %v", err)
		}
	})
}

func TestAMachineThatAnotherProcessHasOrderedIsLookedAtInTime(t *testing.T) {
	inOcean(t, oceantest.Options{Boot: 2 * time.Minute}, func(w *world) {
		_, _ = w.provider.List(w.Context())
		if _, err := open(w.ocean, Config{}).Create(w.Context(), spec()); err != nil {
			w.Fatalf("create: %v", err)
		}
		time.Sleep(listQuiet)
		_, _ = w.provider.List(w.Context()) // which shows it
		begun := count(w.ocean, list)
		for range 6 {
			time.Sleep(listMoving)
			_, _ = w.provider.List(w.Context())
		}
		if got := count(w.ocean, list) - begun; got != 6 {
			w.Errorf("%d lists were read in half a minute, want 6", got)
		}
	})
}

func TestAListThatTakesTooLongIsARefusal(t *testing.T) {
	inOcean(t, oceantest.Options{}, func(w *world) {
		w.ocean.Fail(list, oceantest.SlowBody(15*time.Second))
		ctx, cancel := context.WithTimeout(w.Context(), 10*time.Second)
		defer cancel()
		_, err := w.provider.List(ctx)
		if got := refusal(w.T, err); got.Reason != dictumal.ReasonProviderDown {
			w.Errorf("refused for %s", got.Reason)
		}
		if _, err := w.provider.List(w.Context()); err != nil {
			w.Errorf("list: %v", err)
		}
		if got := count(w.ocean, list); got != 1 {
			w.Errorf("%d lists were read, want the first to go on", got)
		}
	})
}
