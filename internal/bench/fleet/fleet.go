// Package fleet brings deployments through their lives in virtual time and counts
// what they cost in calls of DigitalOcean's API. Use cases, reconciling, rows and
// provider are the real ones. The account is a stand-in, as slow as the real one,
// and its machines only tell that they come up.
package fleet

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/authority"
	"github.com/dictumal/dictumal/internal/control"
	"github.com/dictumal/dictumal/internal/provider/digitalocean"
	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
	"github.com/dictumal/dictumal/internal/reconcile"
	"github.com/dictumal/dictumal/internal/secret"
	"github.com/dictumal/dictumal/internal/store"
)

// Plan says how many deployments are ordered, and for how long.
type Plan struct {
	Deployments int
	Every       time.Duration // from one order to the next
	Up          time.Duration // from an order until its deployment is destroyed
}

// Run carries a plan out, from the start of the program until the last machine is
// proven to be gone. All of them must have come up.
func Run(t *testing.T, plan Plan) Story {
	t.Helper()
	folder := t.TempDir()
	var story Story
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, folder, plan)
		defer func() { w.must(w.store.Close()) }()
		stop := w.work()
		ids := w.live(plan)
		for _, id := range ids {
			story.Deployments = append(story.Deployments, w.ended(id))
		}
		stop()
		story.Calls = w.ocean.Calls()
	})
	return story
}

// Private

const (
	token        = "a token of the stand-in"
	installation = "fleet000"

	// The account's delays: until a droplet is active, until it then has its address,
	// until lists show a new one, and until a deleted one is gone.
	boot    = time.Minute
	address = 10 * time.Second
	lag     = 15 * time.Second
	linger  = 10 * time.Second

	// patience is how long a destroyed machine may take to be proven gone.
	patience = time.Hour
)

// world is a whole control plane on a fake clock.
type world struct {
	*testing.T
	ocean     *oceantest.Ocean
	store     *store.Store
	control   *control.Control
	reconcile reconcile.Options
	runner    *reconcile.Runner
	ada       dictumal.Principal
	law       string
}

func newWorld(t *testing.T, folder string, plan Plan) *world {
	t.Helper()
	w := &world{T: t, ada: dictumal.Principal{User: dictumal.User{ID: "ada", CreatedAt: time.Now()}}}
	w.ocean = oceantest.New(oceantest.Options{
		Token: token, Boot: boot, AddressAfter: address, Linger: linger, Limit: plan.Deployments,
	})
	w.ocean.Break("POST /v2/droplets", oceantest.ListLag(lag))
	var err error
	w.store, err = store.Open(t.Context(), filepath.Join(folder, "dictumal.db"))
	w.must(err)
	w.must(w.store.AddUser(t.Context(), w.ada.User, "local", "ada"))
	w.open(plan)
	law, err := w.control.CreateConstitution(t.Context(), w.ada, "# A desktop of the fleet\n")
	w.must(err)
	w.law = law.ID
	return w
}

// open starts the program on what is stored.
func (w *world) open(plan Plan) {
	key, err := authority.NewKey()
	w.must(err)
	vouching, err := authority.Load(key, time.Now(), nil)
	w.must(err)
	sealer := secret.NewSealer([]byte(strings.Repeat("k", secret.MinLength)))
	provider := digitalocean.New(digitalocean.Config{Token: token, Installation: installation, Transport: w.ocean.Transport()})
	w.reconcile = reconcile.Options{
		Store: w.store, Provider: provider, Prober: newInside(), Sealer: sealer, Authority: vouching,
		UserData: reconcile.Bootstrap{Sealer: sealer}.UserData, Installation: installation, Owner: "fleet",
		Log: slog.New(slog.DiscardHandler),
	}
	w.runner = reconcile.New(w.reconcile)
	w.control = control.New(control.Options{
		Store: w.store, Provider: provider, Sealer: sealer, Wake: w.runner.Wake, Stream: dictumal.Guacamole,
		PerUser: plan.Deployments, Total: plan.Deployments,
	})
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// work runs runner and sweeper until the returned function is called.
func (w *world) work() (stop func()) {
	ctx, cancel := context.WithCancel(w.Context())
	var running sync.WaitGroup
	for _, run := range []func(context.Context) error{w.runner.Run, reconcile.NewSweeper(w.reconcile).Run} {
		running.Go(func() {
			if err := run(ctx); err != nil {
				w.Error(err)
			}
		})
	}
	return func() { cancel(); running.Wait() }
}

// live orders what the plan says and destroys each in its time.
func (w *world) live(plan Plan) (ids []string) {
	ids = make([]string, plan.Deployments)
	var lives sync.WaitGroup
	for i := range ids {
		lives.Go(func() {
			time.Sleep(time.Duration(i) * plan.Every)
			made, _, err := w.control.Deploy(w.Context(), w.ada, control.DeployRequest{ConstitutionID: w.law})
			if err != nil {
				w.Error(err)
				return
			}
			ids[i] = made.ID
			time.Sleep(plan.Up)
			if _, err := w.control.Destroy(w.Context(), w.ada, made.ID); err != nil {
				w.Error(err)
			}
		})
	}
	lives.Wait()
	if w.Failed() {
		w.FailNow()
	}
	return ids
}

// ended waits until a deployment is gone, and has it be one that had come up.
func (w *world) ended(id string) dictumal.Deployment {
	w.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Second) {
		row, err := w.store.Deployment(w.Context(), id)
		w.must(err)
		if row.Status == dictumal.Destroyed {
			if row.ActiveAt.IsZero() {
				w.Errorf("%s never came up: %s", id, w.tell(id))
			}
			return row.Deployment
		}
		if time.Now().After(deadline) {
			w.Fatalf("%s is %s an hour after its end: %s", id, row.Status, w.tell(id))
		}
	}
}

func (w *world) tell(id string) string {
	entries, err := w.store.Timeline(w.Context(), id)
	w.must(err)
	var text strings.Builder
	for _, e := range entries {
		fmt.Fprintf(&text, "\n%s %s", e.At.Format(time.TimeOnly), e.Text)
	}
	return text.String()
}
