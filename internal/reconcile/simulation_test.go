package reconcile_test

import (
	"context"
	"flag"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/machine"
	"github.com/dictumal/dictumal/internal/provider/providertest"
	"github.com/dictumal/dictumal/internal/reconcile"
	"github.com/dictumal/dictumal/internal/store"
)

var (
	seeds       = flag.Int("seeds", 1, "how many storms to simulate on each kind of provider")
	deployments = flag.Int("deployments", storm, "how many deployments go through each storm")
)

// TestNothingIsLostOrMadeTwiceInAStorm lets replicas be killed at any call while
// the provider fails in every way, and checks at every effect what must hold.
func TestNothingIsLostOrMadeTwiceInAStorm(t *testing.T) {
	for name, behaviour := range map[string]providertest.Behaviour{
		"truthful": {Boot: 2 * time.Second},
		"lagging":  {Boot: 2 * time.Second, Traits: cloud, Appear: 40 * time.Second, Linger: 20 * time.Second},
	} {
		for seed := range *seeds {
			t.Run(fmt.Sprintf("%s %d", name, seed), func(t *testing.T) {
				inWorld(t, behaviour, func(w *world) { simulate(w, seed) })
			})
		}
	}
}

// simulation is a storm and what is known of it.
type simulation struct {
	*world
	*chaos
	mu     sync.Mutex
	origin map[string]string // whose machine a name is
}

func simulate(w *world, seed int) {
	s := &simulation{
		world: w, chaos: &chaos{seed: seed, asked: map[string]int{}}, origin: map[string]string{},
	}
	w.prober.shows = func(age time.Duration) (machine.Report, error) { return boots(4 * age) }
	ctx, cancel := context.WithCancel(w.Context())
	var replicas sync.WaitGroup
	for _, name := range []string{"left", "right"} {
		replicas.Go(func() { s.replica(ctx, name) })
	}
	ids := s.live()
	s.calm.Store(true)
	time.Sleep(15 * time.Minute)
	s.settled(ids)
	for _, id := range ids {
		w.destroy(id)
	}
	time.Sleep(10 * time.Minute)
	for _, id := range ids {
		if row := w.row(id); row.Status != dictumal.Destroyed {
			w.Errorf("%s is still %s\n%s", id, row.Status, w.story(id))
		}
		s.legal(id)
	}
	if left := w.machines(); left != 0 {
		w.Errorf("%d machines are left", left)
	}
	cancel()
	replicas.Wait()
	w.Logf("%d kills, %d orders for %d deployments", s.kills.Load(), w.provider.Calls(providertest.CallCreate), len(ids))
}

// live is what people and fate do in ten minutes.
func (s *simulation) live() (ids []string) {
	var people sync.WaitGroup
	for range *deployments {
		time.Sleep(time.Duration(s.number("pause") * float64(2*time.Second)))
		id := s.deploy()
		ids = append(ids, id)
		people.Go(func() {
			time.Sleep(time.Duration(s.number("life "+id) * float64(10*time.Minute)))
			switch fate := s.number("fate " + id); {
			case fate < 0.6:
				s.destroy(id)
			case fate < 0.7:
				s.provider.Vanish(s.row(id).MachineID)
			case fate < 0.8:
				s.provider.PowerOff(s.row(id).MachineID)
			}
		})
	}
	people.Wait()
	return ids
}

// replica is a process that is started again whenever it was killed.
func (s *simulation) replica(ctx context.Context, name string) {
	for run := 0; ctx.Err() == nil; run++ {
		living, end := context.WithCancel(ctx)
		mortal := &life{chaos: s.chaos, rate: 0.004, end: end}
		o := s.options
		o.Owner = fmt.Sprintf("%s-%d", name, run)
		o.Store = mortalStore{Store: s.store, life: mortal, after: s.saved}
		provider := stormyProvider{Provider: s.provider, memory: s.provider, life: mortal, watch: s}
		o.Provider = provider
		stopRunner := s.start(living, reconcile.New(o).Run)
		provider.watch = sweeping{s}
		o.Provider = provider
		stopSweeper := s.start(living, reconcile.NewSweeper(o).Run)
		<-living.Done()
		stopRunner()
		stopSweeper()
		end()
		time.Sleep(time.Duration(s.number("rest "+name) * float64(20*time.Second)))
	}
}

// creating wants an order to be carried out only while the deployment has no machine.
func (s *simulation) creating(spec dictumal.MachineSpec, again bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.origin[spec.Name] = spec.Deployment
	if alive := s.aliveLocked(spec.Deployment); len(alive) > 0 && !again {
		s.Errorf("%s is made while %s has %v", spec.Name, spec.Deployment, alive)
	}
}

func (s *simulation) destroying(string) {}

// saved wants no row to say that its machine is gone while it is there.
func (s *simulation) saved(row store.Row) {
	if row.MachineGoneAt.IsZero() {
		return
	}
	if alive := s.alive(row.ID); len(alive) > 0 {
		s.Errorf("%s is %s without a machine and has %v\n%s", row.ID, row.Status, alive, s.story(row.ID))
	}
}

// sweeping is the simulation with an eye on the sweeper, which may remove only
// what no row owns.
type sweeping struct{ *simulation }

func (s sweeping) destroying(id string) {
	owned, err := s.store.Ownership(s.Context())
	s.must(err)
	for _, m := range s.provider.Machines() {
		if m.ID == id && owned.Names[m.Name] && (owned.IDs[m.Name] == "" || owned.IDs[m.Name] == id) {
			s.Errorf("the sweeper removes %s, which a row owns", m.Name)
		}
	}
}

// settled checks what must hold when the storm has been over for a while.
func (s *simulation) settled(ids []string) {
	for _, id := range ids {
		row, alive := s.row(id), s.alive(id)
		switch row.Status {
		case dictumal.Active:
			if len(alive) != 1 || alive[0].ID != row.MachineID {
				s.Errorf("%s is ACTIVE with %s and has %v", id, row.MachineID, alive)
			}
		case dictumal.Errored:
			if f := row.Failure; f == nil || f.Reason == "" || f.Cause == "" || f.NextStep == "" {
				s.Errorf("%s is in ERROR without a full reason: %+v", id, f)
			}
			if !row.MachineGoneAt.IsZero() && len(alive) > 0 {
				s.Errorf("%s says that its machine is gone and has %v", id, alive)
			}
		case dictumal.Destroyed:
		case dictumal.Provisioning, dictumal.Configuring, dictumal.Destroying:
			s.Errorf("%s is still %s\n%s", id, row.Status, s.story(id))
		}
	}
}

// legal checks the history: every move is allowed and told once, and progress
// never goes back.
func (s *simulation) legal(id string) {
	entries, err := s.store.Timeline(s.Context(), id)
	s.must(err)
	status, stage := dictumal.Status(""), dictumal.Stage("")
	for _, e := range entries {
		if e.Kind == dictumal.EventStatus {
			if status != "" && !status.CanBecome(e.Status) {
				s.Errorf("%s went from %s to %s\n%s", id, status, e.Status, s.story(id))
			}
			status = e.Status
		}
		if e.Kind == dictumal.EventProgress {
			if e.Stage.Percent() <= stage.Percent() {
				s.Errorf("%s went from %s to %s\n%s", id, stage, e.Stage, s.story(id))
			}
			stage = e.Stage
		}
	}
}

func (s *simulation) alive(deployment string) []dictumal.Machine {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.aliveLocked(deployment)
}

func (s *simulation) aliveLocked(deployment string) (alive []dictumal.Machine) {
	for _, m := range s.provider.Machines() {
		if s.origin[m.Name] == deployment {
			alive = append(alive, m)
		}
	}
	return alive
}
