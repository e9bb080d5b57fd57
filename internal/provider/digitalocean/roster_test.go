package digitalocean

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
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

func TestAMachineIsMissingWhereNeitherListNorItsIDKnowIt(t *testing.T) {
	t.Run("one that the list does not have yet is there", func(t *testing.T) {
		inOcean(t, oceantest.Options{}, func(w *world) {
			w.ocean.Fail(order, oceantest.ListLag(time.Hour))
			made := w.create()
			if got := w.describe(made.ID); got != "active" {
				w.Errorf("the machine is %s, want it active", got)
			}
		})
	})
	t.Run("one that its id does not know for a moment is there", func(t *testing.T) {
		inOcean(t, oceantest.Options{}, func(w *world) {
			w.ocean.Break("GET /v2/droplets/{id}", oceantest.Status(404))
			made := w.create()
			if got := w.describe(made.ID); got != "active" {
				w.Errorf("the machine is %s, want it active", got)
			}
		})
	})
	t.Run("one that nobody knows is missing, and asked for again in time", func(t *testing.T) {
		inOcean(t, oceantest.Options{}, func(w *world) {
			made := w.create()
			id, _ := strconv.Atoi(made.ID)
			_, _ = w.provider.List(w.Context())
			w.ocean.Vanish(id)
			time.Sleep(listQuiet)
			lists, asked := count(w.ocean, list), count(w.ocean, "GET /v2/droplets/{id}")
			for range 3 {
				if got := w.describe(made.ID); got != "missing" {
					w.Errorf("the machine is %s, want it missing", got)
				}
				time.Sleep(listMoving)
			}
			if got := count(w.ocean, list) - lists; got != 3 {
				w.Errorf("three absences come from %d lists, want 3", got)
			}
			if got := count(w.ocean, "GET /v2/droplets/{id}") - asked; got != 3 {
				w.Errorf("three absences come from %d questions, want 3", got)
			}
		})
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

func TestEveryPageIsReadAndNoMachineTwice(t *testing.T) {
	pages := paper{
		"1": `{"droplets":[` + droplet(7, "b", "2026-11-21T12:00:01Z") + `,` + droplet(9, "a", "2026-11-21T12:00:00Z") + `],"links":{"pages":{"next":"https://x/v2/droplets?page=2"}}}`,
		"2": `{"droplets":[` + droplet(9, "a", "2026-11-21T12:00:00Z") + `,` + droplet(11, "a", "2026-11-21T12:00:00Z") + `],"links":{"pages":{"prev":"https://x/v2/droplets?page=1"}}}`,
	}
	provider := New(Config{Token: token, Installation: "here", Transport: pages})
	machines, err := provider.List(t.Context())
	if err != nil {
		t.Fatalf("list: %v", err)
	}
	var ids []string
	for _, m := range machines {
		ids = append(ids, m.ID)
	}
	if got := strings.Join(ids, " "); got != "9 11 7" {
		t.Errorf("listed %s, want the oldest first and each once", got)
	}
	found, err := provider.Find(t.Context(), dictumal.MachineName("here", strings.Repeat("a", 26)))
	if err != nil || len(found) != 2 || found[0].ID != "9" {
		t.Errorf("found %+v (%v), want both with the name, the oldest first", found, err)
	}
}

func TestWhatADropletsStatusMeans(t *testing.T) {
	for status, want := range map[string]dictumal.Power{
		"new": dictumal.PowerNew, "active": dictumal.PowerActive, "off": dictumal.PowerOff,
		"archive": dictumal.PowerOff, "unheard of": dictumal.PowerNew,
	} {
		if got := power(status); got != want {
			t.Errorf("%s means %s, want %s", status, got, want)
		}
	}
}

// Private

// world is an account and the provider that works in it.
type world struct {
	*testing.T
	ocean    *oceantest.Ocean
	provider *Provider
}

func newWorld(t *testing.T, options oceantest.Options) *world {
	t.Helper()
	options.Token = token
	ocean := oceantest.New(options)
	return &world{t, ocean, open(ocean, Config{})}
}

// inOcean runs a test in virtual time, after the first, wakeful minute.
func inOcean(t *testing.T, options oceantest.Options, test func(*world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, options)
		time.Sleep(wakeful)
		test(w)
	})
}

func (w *world) create() dictumal.Machine {
	w.Helper()
	made, err := w.provider.Create(w.Context(), spec())
	if err != nil {
		w.Fatalf("create: %v", err)
	}
	return made
}

func (w *world) inspect(id string) dictumal.Machine {
	w.Helper()
	machine, err := w.provider.Inspect(w.Context(), id)
	if err != nil {
		w.Errorf("inspect: %v", err)
	}
	return machine
}

func (w *world) describe(id string) string {
	w.Helper()
	machine, err := w.provider.Inspect(w.Context(), id)
	if errors.Is(err, dictumal.ErrMachineNotFound) {
		return "missing"
	}
	if err != nil {
		w.Errorf("inspect: %v", err)
	}
	return string(machine.Power)
}

func droplet(id int, name, created string) string {
	return fmt.Sprintf(`{"id":%d,"name":%q,"status":"active","created_at":%q}`, id, dictumal.MachineName("here", strings.Repeat(name, 26)), created)
}

// paper answers with a page that was written before, by its number.
type paper map[string]string

func (p paper) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{}, Request: r,
		Body: io.NopCloser(strings.NewReader(p[r.URL.Query().Get("page")])),
	}, nil
}
