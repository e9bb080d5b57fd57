package crash_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
)

var (
	deployments = flag.Int("deployments", usual, "how many deployments three replicas look after")
	crowd       = flag.Int("crowd", 80, "how many of them at once")
	seed        = flag.Uint64("seed", 1, "what decides on what happens to the replicas and when")
)

// TestThreeReplicasThatAreKilledAndStoppedLoseNothing has three real servers share a
// real pair of databases while they are killed and stopped, and the database is, too.
func TestThreeReplicasThatAreKilledAndStoppedLoseNothing(t *testing.T) {
	c := newCluster(t, build(t))
	ctx, cancel := context.WithCancel(t.Context())
	var audience sync.WaitGroup
	defer audience.Wait()
	defer cancel()

	customers, followers := c.open(ctx)
	for _, f := range followers {
		audience.Go(func() { f.follow(ctx) })
	}
	kept := c.exhibit(ctx, customers, &audience)
	visits := c.visits(ctx, customers)
	story := newScript(c, *seed)
	for !visits.over() {
		story.next()
	}
	c.settle()
	c.giveAllBack(ctx, customers, kept)
	stays := slices.Concat(visits.stays, kept)
	c.empty(ctx)
	(&judgement{cluster: c, seed: *seed, stays: stays}).judge(ctx, followers)
	t.Logf("seed %d: %d deployments in %s; %v; %d requests were repeated", *seed, len(stays), visits.took.Round(time.Second), story.acts, c.repeated.Load())
	c.judgeGaps()
	if t.Failed() {
		t.Log(c.history(""))
	}
}

// Private

// open lets four customers in, each with two who follow what happens.
func (c *cluster) open(ctx context.Context) (customers []*customer, followers []*follower) {
	c.Helper()
	for _, name := range []string{"ada", "ben", "cleo", "dan"} {
		made := &customer{cluster: c, caller: c.caller(ctx, name), owner: name}
		if err := made.prepare(ctx); err != nil {
			c.Fatal(err)
		}
		customers = append(customers, made)
		for range 2 {
			followers = append(followers, &follower{cluster: c, caller: made.caller, owner: name})
		}
	}
	return customers, followers
}

// exhibit orders a desktop for each customer that is looked at all the time.
func (c *cluster) exhibit(ctx context.Context, customers []*customer, audience *sync.WaitGroup) (kept []*stay) {
	c.Helper()
	for _, one := range customers {
		s := &stay{key: keptBy(one.owner)}
		kept = append(kept, s)
		if err := one.order(ctx, s, dictumal.Native, 0); err != nil {
			c.Fatal(err)
		}
	}
	for n, one := range customers {
		if err := one.await(ctx, kept[n], dictumal.Active); err != nil {
			c.Fatal(err)
		}
		w := &watcher{cluster: c, caller: one.caller, desk: kept[n].id}
		if err := w.enter(ctx); err != nil {
			c.Fatal(err)
		}
		audience.Go(func() { w.watch(ctx) })
	}
	return kept
}

func keptBy(owner string) string { return "kept by " + owner }

// visits are the stays of all customers, so many at a time.
type visits struct {
	*cluster
	stays   []*stay
	begun   time.Time
	took    time.Duration
	running chan struct{} // closed when the last has left
}

func (c *cluster) visits(ctx context.Context, customers []*customer) *visits {
	v := &visits{cluster: c, begun: time.Now(), running: make(chan struct{})}
	for n := range *deployments {
		v.stays = append(v.stays, &stay{key: fmt.Sprintf("order %d of seed %d", n+1, *seed)})
	}
	next := make(chan int)
	go func() {
		defer close(next)
		for n := range v.stays {
			next <- n
		}
	}()
	var here sync.WaitGroup
	for range *crowd {
		here.Go(func() {
			for n := range next {
				if ctx.Err() != nil {
					continue
				}
				chance := rand.New(rand.NewPCG(*seed, uint64(n+1)))
				if err := customers[n%len(customers)].visit(ctx, v.stays[n], chance); err != nil && ctx.Err() == nil {
					c.Errorf("seed %d: the deployment %s (%s): %v\n%s", *seed, v.stays[n].id, v.stays[n].key, err, c.history(v.stays[n].key))
				}
			}
		})
	}
	go func() {
		here.Wait()
		v.took = time.Since(v.begun)
		close(v.running)
	}()
	return v
}

func (v *visits) over() bool { return !open(v.running) }

// giveAllBack ends what was kept until the end.
func (c *cluster) giveAllBack(ctx context.Context, customers []*customer, kept []*stay) {
	c.Helper()
	for n, s := range kept {
		if err := customers[n].giveBack(ctx, s); err != nil {
			c.Errorf("%s: %v", s.key, err)
		}
	}
}

// empty waits until the account is, for as long as what nobody owns may stay there.
func (c *cluster) empty(ctx context.Context) {
	c.Helper()
	for deadline := time.Now().Add(6 * lease); time.Now().Before(deadline) && ctx.Err() == nil; time.Sleep(look) {
		if len(c.ocean.Droplets()) == 0 {
			return
		}
	}
}

// settle waits until everybody has what they look at again, or ought to have.
func (c *cluster) settle() {
	for deadline := time.Now().Add(bar); time.Now().Before(deadline); time.Sleep(look) {
		if names, _ := c.gaps.without(time.Now()); len(names) == 0 {
			return
		}
	}
}

// judgeGaps tells for how long people were without what they looked at.
func (c *cluster) judgeGaps() {
	c.Helper()
	seen, wrong := c.gaps.verdict(&c.struck, time.Now())
	for _, what := range seen {
		c.Log(what)
	}
	for _, what := range wrong {
		c.Errorf("seed %d: %s", *seed, what)
	}
}
