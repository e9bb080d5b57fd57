package reconcile_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/machine"
	"github.com/dictumal/dictumal/internal/provider/providertest"
	"github.com/dictumal/dictumal/internal/reconcile"
	"github.com/dictumal/dictumal/internal/secret"
	"github.com/dictumal/dictumal/internal/store"
	"github.com/dictumal/dictumal/internal/store/storetest"
)

const installation = "test0000"

// local is a provider whose list is the truth.
var local = dictumal.Traits{Name: "memory", Absences: 1, PollEvery: 5 * time.Second}

// cloud is a provider with lag, as the big ones are: it takes three absences
// over half a minute to believe it.
var cloud = dictumal.Traits{Name: "memory", Absences: 3, AbsenceSpan: 30 * time.Second, PollEvery: 5 * time.Second}

// world is a whole control plane on a fake clock, with a real database and with
// machines in memory.
type world struct {
	*testing.T
	store    *store.Store
	provider *providertest.Memory
	prober   *prober
	options  reconcile.Options
	orders   int
	wake     func()
}

// inWorld runs a test in a world of its own. Its time passes only while
// everybody in it waits.
func inWorld(t *testing.T, behaviour providertest.Behaviour, test func(w *world)) {
	t.Helper()
	inWorldAt(t, storetest.Place(t), behaviour, test)
}

// inWorldAt runs a test in a world whose rows are at a place.
func inWorldAt(t *testing.T, place string, behaviour providertest.Behaviour, test func(w *world)) {
	t.Helper()
	if behaviour.Traits.Name == "" {
		behaviour.Traits = local
	}
	synctest.Test(t, func(t *testing.T) {
		s := storetest.OpenAt(t, place)
		defer func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}()
		w := &world{T: t, store: s, provider: providertest.NewMemory(installation, behaviour), prober: newProber(), wake: func() {}}
		w.options = reconcile.Options{
			Store: s, Provider: w.provider, Prober: w.prober, Installation: installation, Owner: "worker",
			Sealer:   secret.NewSealer([]byte(strings.Repeat("k", secret.MinLength))),
			UserData: func(store.Row, string, machine.KeyPair) (string, error) { return "#cloud-config\n{}", nil },
			Log:      slog.New(slog.DiscardHandler),
		}
		w.must(s.AddUser(t.Context(), dictumal.User{ID: "ada", CreatedAt: time.Now()}, "local", "ada"))
		w.must(s.AddConstitution(t.Context(), dictumal.Constitution{ID: "C1", Owner: "ada", Version: 1, CreatedAt: time.Now()}))
		test(w)
	})
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// run runs a runner until the returned function is called.
func (w *world) run() (stop func()) {
	runner := reconcile.New(w.options)
	w.wake = runner.Wake
	return w.start(w.Context(), runner.Run)
}

// sweep runs a sweeper until the returned function is called.
func (w *world) sweep() (stop func()) {
	return w.start(w.Context(), reconcile.NewSweeper(w.options).Run)
}

func (w *world) start(ctx context.Context, work func(context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() {
		if err := work(ctx); err != nil {
			w.Error(err)
		}
	})
	return func() { cancel(); running.Wait() }
}

// deploy orders a desktop; change may alter the order.
func (w *world) deploy(change ...func(*store.Row)) string {
	w.Helper()
	w.orders++
	row := store.Row{Deployment: dictumal.Deployment{
		ID: fmt.Sprintf("D%05d", w.orders), Owner: "ada", CreatedAt: time.Now(), Stream: dictumal.Native, Provider: w.provider.Traits().Name,
		Constitution: dictumal.ConstitutionRef{ID: "C1", Version: 1},
	}}
	sealed, err := w.options.Sealer.Seal([]byte("client key"), row.ClientKeyContext())
	w.must(err)
	row.ClientKey = sealed
	for _, c := range change {
		c(&row)
	}
	_, _, err = w.store.AddDeployment(w.Context(), store.Order{Row: row, PerUser: 1 << 20, Total: 1 << 20})
	w.must(err)
	w.wake()
	return row.ID
}

func (w *world) destroy(id string) {
	w.Helper()
	_, err := w.store.MarkDestroying(w.Context(), "ada", id, "Destroyed by its owner.")
	w.must(err)
	w.wake()
}

func (w *world) row(id string) store.Row {
	w.Helper()
	row, err := w.store.Deployment(w.Context(), id)
	w.must(err)
	return row
}

// reaches waits until the deployment has the status, for at most so long.
func (w *world) reaches(id string, status dictumal.Status, within time.Duration) store.Row {
	w.Helper()
	return w.until(id, within, string(status), func(row store.Row) bool { return row.Status == status })
}

func (w *world) until(id string, within time.Duration, what string, done func(store.Row) bool) store.Row {
	w.Helper()
	woken, cancel := w.store.Subscribe()
	defer cancel()
	for end := time.Now().Add(within); ; {
		row := w.row(id)
		if done(row) {
			return row
		}
		if time.Now().After(end) {
			w.Fatalf("%s is %s (%s, failure %+v) after %s, want %s\n%s",
				id, row.Status, row.Progress.Stage, row.Failure, within, what, w.story(id))
		}
		select { // not every change has an event
		case <-woken:
		case <-time.After(max(50*time.Millisecond, within/100)):
		}
	}
}

// machines counts the machines that there really are.
func (w *world) machines() int { return len(w.provider.Machines()) }

// story is the timeline as a person reads it, one event a line, without the
// names that change from run to run.
func (w *world) story(id string) string {
	w.Helper()
	entries, err := w.store.Timeline(w.Context(), id)
	w.must(err)
	var text strings.Builder
	for _, e := range entries {
		fmt.Fprintf(&text, "%s %s%s %s\n", e.Kind, e.Status, e.Stage, e.Text)
	}
	names := map[string]string{}
	return machineName.ReplaceAllStringFunc(text.String(), func(name string) string {
		if names[name] == "" {
			names[name] = fmt.Sprintf("machine-%d", len(names)+1)
		}
		return names[name]
	})
}
