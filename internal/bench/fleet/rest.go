package fleet

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/authority"
	"github.com/dictumal/dictumal/internal/control"
	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
	"github.com/dictumal/dictumal/internal/store"
)

// Rest says how many machines stand idle and for how long, and how many people look
// at each.
type Rest struct {
	Machines int
	Viewers  int           // of each machine
	Every    time.Duration // from one look of a viewer to the next
	For      time.Duration
}

// Calm is what a rest has cost.
type Calm struct {
	Story
	Looks  int // of all viewers
	Polled int // calls of a server whose viewers' looks are each one of a droplet
}

// Idle has machines stand idle, from the start of the program on, and their viewers
// look at them. Machines and rows are there before: what it costs to make them is not
// asked here. Each look of a viewer is the real use case; right beside it, in the same
// moment of the same simulation, one GET of the machine's droplet is sent to an account
// that only counts.
func Idle(t *testing.T, rest Rest) Calm {
	t.Helper()
	folder := t.TempDir()
	var calm Calm
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, folder, Plan{Deployments: rest.Machines})
		defer func() { w.must(w.store.Close()) }()
		ids := w.settle(w.stock(rest.Machines))
		w.open(Plan{Deployments: rest.Machines}) // a program that has just started
		before := len(w.ocean.Calls())
		stop := w.work()
		calm.Looks, calm.Polled = w.watch(ids, rest)
		stop()
		calm.Calls = w.ocean.Calls()[before:]
		for _, id := range ids {
			row, err := w.store.Deployment(w.Context(), id)
			w.must(err)
			if row.Status != dictumal.Active {
				w.Fatalf("%s is %s: %s", id, row.Status, w.tell(id))
			}
		}
	})
	return calm
}

// Private

// stock puts droplets into the account, slowly enough for it, and waits until what
// that has taken of the hour's calls is forgotten.
func (w *world) stock(count int) (names []string) {
	for range count {
		name := dictumal.MachineName(installation, ulid.Make().String())
		order := fmt.Sprintf(`{"name":%q,"region":"nyc3","size":"s-1vcpu-2gb","image":"ubuntu-24-04-x64","tags":["dictumal-%s"]}`, name, installation)
		request, err := http.NewRequestWithContext(w.Context(), http.MethodPost, "https://api.digitalocean.com/v2/droplets", strings.NewReader(order))
		w.must(err)
		request.Header.Set("Authorization", "Bearer "+token)
		response, err := w.ocean.Transport().RoundTrip(request)
		w.must(err)
		w.must(response.Body.Close())
		if response.StatusCode != http.StatusAccepted {
			w.Fatalf("the account says %s", response.Status)
		}
		names = append(names, name)
		time.Sleep(time.Hour / 4999)
	}
	time.Sleep(time.Hour)
	return names
}

// settle writes rows for them, as they are after an hour in which nothing happens,
// and spreads over a minute when they are looked after.
func (w *world) settle(names []string) (ids []string) {
	droplets := map[string]oceantest.Droplet{}
	for _, droplet := range w.ocean.Droplets() {
		droplets[droplet.Name] = droplet
	}
	for range names {
		_, _, err := w.control.Deploy(w.Context(), w.ada, control.DeployRequest{ConstitutionID: w.law})
		w.must(err)
	}
	for i, name := range names {
		row, ok, err := w.store.Claim(w.Context(), "fleet", time.Minute)
		w.must(err)
		if !ok {
			w.Fatal("a row is not due")
		}
		ids = append(ids, row.ID)
		row.Status, row.Progress.Stage, row.ActiveAt, row.ConfiguringAt = dictumal.Active, dictumal.StageActive, time.Now(), time.Now()
		row.MachineName, row.MachineID, row.IP = name, fmt.Sprint(droplets[name].ID), droplets[name].IP
		row.CreateSentAt = time.Now()
		row.CertificateNames = authority.Names{Machine: authority.MachineHost(name), IP: row.IP}.String()
		row.CertificateUntil = time.Now().AddDate(1, 0, 0)
		w.must(w.store.Save(w.Context(), row, store.Outcome{Wake: time.Now().Add(time.Duration(i) * time.Minute / time.Duration(len(names)))}))
	}
	return ids
}

// watch has the viewers look until the rest is over.
func (w *world) watch(ids []string, rest Rest) (looks, polled int) {
	var seen atomic.Int64
	account := &counter{}
	var viewers sync.WaitGroup
	for i := range len(ids) * rest.Viewers {
		viewers.Go(func() {
			id := ids[i%len(ids)]
			time.Sleep(time.Duration(i) * rest.Every / time.Duration(len(ids)*rest.Viewers))
			for range int(rest.For / rest.Every) {
				shown, err := w.control.Deployment(w.Context(), w.ada, id)
				if err != nil || account.poll(w.Context(), shown.MachineID) != nil {
					w.Errorf("look at %s: %v", id, err)
				}
				seen.Add(1)
				time.Sleep(rest.Every)
			}
		})
	}
	time.Sleep(rest.For)
	viewers.Wait()
	return int(seen.Load()), int(account.calls.Load())
}

// counter is an account that only counts.
type counter struct{ calls atomic.Int64 }

// poll asks for a droplet.
func (c *counter) poll(ctx context.Context, id string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://api.digitalocean.com/v2/droplets/"+id, http.NoBody)
	if err != nil {
		return err
	}
	response, err := c.RoundTrip(request)
	if err != nil {
		return err
	}
	return response.Body.Close()
}

// RoundTrip counts a call.
func (c *counter) RoundTrip(*http.Request) (*http.Response, error) {
	c.calls.Add(1)
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader("{}"))}, nil
}
