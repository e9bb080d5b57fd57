package digitalocean

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/config"
	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
	"github.com/dictumal/dictumal/internal/store/storetest"
)

func TestThreeReplicasReadAsManyListsAsOne(t *testing.T) {
	everything := func(ctx context.Context, replica *Provider) error { _, err := replica.List(ctx); return err }
	cases := []struct {
		name    string
		options oceantest.Options
		change  bool
		look    func(context.Context, *Provider) error
		want    int // lists in five minutes
	}{
		{"while nothing changes", oceantest.Options{}, false, everything, 5},
		{"while a machine is made", oceantest.Options{Boot: time.Hour}, true, everything, 60},
		{"while a machine is missing", oceantest.Options{}, false, func(ctx context.Context, replica *Provider) error {
			_, err := replica.Find(ctx, spec().Name)
			return err
		}, 60},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			inFleet(t, test.options, func(f *fleet) {
				if test.change {
					f.create(0)
				}
				f.everybodyLooks(time.Minute, test.look) // so that all know of it
				begun := count(f.ocean, list)
				f.everybodyLooks(5*time.Minute, test.look)
				if got := count(f.ocean, list) - begun; got < test.want-1 || got > test.want+1 {
					f.Errorf("%d lists were read in five minutes, want %d", got, test.want)
				}
			})
		})
	}
}

// Each look at a deployment may be another replica's, and all that they have in hand
// may be one list, which is good for a minute.
func TestAbsencesThatSeveralReplicasTellOfRestOnAsManyLists(t *testing.T) {
	for name, look := range map[string]func(context.Context, *Provider) bool{
		"by id": func(ctx context.Context, replica *Provider) bool {
			_, err := replica.Inspect(ctx, "1")
			return errors.Is(err, dictumal.ErrMachineNotFound)
		},
		"by name": func(ctx context.Context, replica *Provider) bool {
			found, err := replica.Find(ctx, spec().Name)
			return len(found) == 0 && err == nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			inFleet(t, oceantest.Options{}, func(f *fleet) {
				for _, replica := range f.replicas {
					_, _ = replica.List(f.Context())
				}
				time.Sleep(listQuiet / 2)
				begun := count(f.ocean, list)
				for absence, replica := range f.replicas {
					if !look(f.Context(), replica) {
						f.Error("it is there")
					}
					if got := count(f.ocean, list) - begun; got != absence+1 {
						f.Errorf("%d absences rest on %d lists", absence+1, got)
					}
					time.Sleep(listMoving)
				}
			})
		})
	}
}

func TestAListThatIsReadIsWaitedForByTheOtherReplicas(t *testing.T) {
	inFleet(t, oceantest.Options{}, func(f *fleet) {
		f.ocean.Fail(list, oceantest.SlowBody(5*time.Second))
		var looks sync.WaitGroup
		for _, replica := range f.replicas {
			looks.Go(func() {
				begun := time.Now()
				if _, err := replica.List(f.Context()); err != nil || time.Since(begun) > 5*time.Second+askList {
					f.Errorf("listed after %v (%v)", time.Since(begun), err)
				}
			})
		}
		looks.Wait()
		if got := count(f.ocean, list); got != 1 {
			f.Errorf("%d lists were read, want 1", got)
		}
	})
}

func TestAListThatAnotherReplicaHasBegunBeforeAChangeDoesNotAnswerForIt(t *testing.T) {
	cases := []struct {
		name  string
		fault []oceantest.Fault
		wait  time.Duration // from the beginning of the list until the change
	}{
		{"it is still read", []oceantest.Fault{oceantest.SlowBody(8 * time.Second)}, time.Second},
		{"it has just come", nil, time.Second},
		{"it was begun in the same moment", nil, 0},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			inFleet(t, oceantest.Options{}, func(f *fleet) {
				_, _ = f.replicas[1].List(f.Context()) // what one has in hand does not matter here
				time.Sleep(listQuiet + time.Second)
				f.ocean.Fail(list, test.fault...)
				var early sync.WaitGroup
				early.Go(func() { _, _ = f.replicas[0].List(f.Context()) })
				synctest.Wait()
				time.Sleep(test.wait)
				made := f.create(1)
				if found, err := f.replicas[1].Find(f.Context(), made.Name); err != nil || len(found) != 1 {
					f.Errorf("found %v (%v), want the machine", found, err)
				}
				early.Wait()
				if machines, err := f.replicas[1].List(f.Context()); err != nil || len(machines) != 1 {
					f.Errorf("listed %v (%v): the older list has taken the newer one's place", machines, err)
				}
			})
		})
	}
}

func TestAListThatWasBegunAfterAChangeIsEverybodys(t *testing.T) {
	inFleet(t, oceantest.Options{}, func(f *fleet) {
		made := f.create(1)
		time.Sleep(time.Millisecond)
		before := count(f.ocean, list)
		for _, replica := range []int{0, 1, 2} {
			if found, err := f.replicas[replica].Find(f.Context(), made.Name); err != nil || len(found) != 1 {
				f.Errorf("found %v (%v), want the machine", found, err)
			}
		}
		if got := count(f.ocean, list) - before; got != 1 {
			f.Errorf("%d lists were read, want 1", got)
		}
	})
}

// Lists of so many pages are good for a minute.
func TestWhatIsMissedIsMissedByAListThatIsNew(t *testing.T) {
	cases := []struct {
		name string
		look func(f *longLists)
		want int // lists
	}{
		{"as one may be that another replica has read", func(f *longLists) {
			f.look(0)
			f.after(20 * time.Second).change(1).look(1)
			f.after(listMoving - time.Second).miss()
		}, 2},
		{"and not by an older one of another replica", func(f *longLists) {
			f.look(0)
			f.after(20 * time.Second).change(1).look(1)
			f.after(listMoving).miss()
		}, 3},
		{"nor by one that was taken over for the sake of another machine", func(f *longLists) {
			f.look(0)
			f.after(20 * time.Second).change(1).look(1)
			f.after(41 * time.Second).look(0)
			f.after(time.Second).miss()
			f.after(2 * time.Second).miss()
			f.after(3 * time.Second).miss()
		}, 4},
		{"nor by one that is about as old as an order may be that is given up", func(f *longLists) {
			f.pages = maxPages
			f.look(0)
			f.after(config.MinGrace).miss()
		}, 2},
		{"nor by the same once more, however long the shelf takes", func(f *longLists) {
			f.look(1)
			f.slow = 100 * time.Millisecond
			f.after(time.Second).look(0)
			f.slow = 0
			f.after(time.Minute - time.Second - 150*time.Millisecond).look(0)
		}, 2},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newLongLists(t)
				test.look(f)
				if f.read != test.want {
					t.Errorf("%d lists were read, want %d", f.read, test.want)
				}
			})
		})
	}
}

func TestAListThatAnotherReplicaDoesNotBringIsReadHere(t *testing.T) {
	cases := map[string]struct {
		lose func(f *fleet)
		wait time.Duration
	}{
		"since it failed": {func(f *fleet) {
			f.ocean.Fail(list, oceantest.Status(503))
			_, _ = f.replicas[0].List(f.Context())
		}, 0},
		"since it was killed": {func(f *fleet) {
			_, _, _, _ = f.shelf.AskList(f.Context(), f.replicas[0].roster.library.source, 0, 0, 0)
			time.Sleep(time.Millisecond)
		}, listPatience},
		"since nobody can read what it has kept": {func(f *fleet) {
			name := f.replicas[0].roster.library.source
			begun, _, _, _ := f.shelf.AskList(f.Context(), name, 0, 0, 0)
			_ = f.shelf.KeepList(f.Context(), name, begun, "{")
			time.Sleep(time.Millisecond)
		}, 0},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			inFleet(t, oceantest.Options{}, func(f *fleet) {
				test.lose(f)
				begun := time.Now()
				if _, err := f.replicas[1].List(f.Context()); err != nil || time.Since(begun) > test.wait+askList {
					f.Errorf("listed after %v (%v), want it within %v", time.Since(begun), err, test.wait)
				}
			})
		})
	}
}

func TestALongListThatAnotherReplicaDoesNotBringIsReadHereInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newLongLists(t)
		f.pages = maxPages
		f.look(1)
		time.Sleep(2 * time.Minute)
		_, _, _, _ = f.AskList(t.Context(), "long", 0, 0, 0) // by one that dies
		time.Sleep(time.Millisecond)
		f.takes = 40 * time.Second
		f.look(1)
		if f.read != 2 {
			t.Errorf("%d lists were read, want 2", f.read)
		}
	})
}

func TestReplicasWithDifferentTokensShareNoList(t *testing.T) {
	names := map[string]bool{}
	for _, config := range []Config{
		{Token: "a"}, {Token: "b"}, {Token: "a", URL: "https://example.org"}, {Token: "a", Installation: "there"},
	} {
		names[source(config)] = true
	}
	if len(names) != 4 {
		t.Errorf("%d names for four sources", len(names))
	}
}

// Whoever has made or removed a machine sees that, whatever the others do and read.
func TestWhateverReplicasReadNobodyMissesItsOwnChanges(t *testing.T) {
	for seed := range uint64(5) {
		inFleet(t, oceantest.Options{Limit: 1000}, func(f *fleet) {
			var work sync.WaitGroup
			for replica := range f.replicas {
				dice := rand.New(rand.NewPCG(seed, uint64(replica)))
				work.Go(func() {
					for range 20 {
						time.Sleep(time.Duration(dice.IntN(20_000)) * time.Millisecond)
						made := f.create(replica)
						time.Sleep(time.Duration(dice.IntN(3)) * time.Duration(dice.IntN(4000)) * time.Millisecond)
						if found, err := f.replicas[replica].Find(f.Context(), made.Name); err != nil || len(found) != 1 {
							f.Errorf("seed %d: found %v (%v), want the machine", seed, found, err)
						}
						if err := f.replicas[replica].Destroy(f.Context(), made.ID); err != nil {
							f.Errorf("seed %d: destroy: %v", seed, err)
						}
						if found, err := f.replicas[replica].Find(f.Context(), made.Name); err != nil || len(found) != 0 {
							f.Errorf("seed %d: found %v (%v), want it gone", seed, found, err)
						}
					}
				})
			}
			work.Wait()
		})
	}
}

// Private

func inFleet(t *testing.T, options oceantest.Options, test func(f *fleet)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, options)
		time.Sleep(wakeful)
		test(f)
	})
}

func (f *fleet) create(replica int) dictumal.Machine {
	f.Helper()
	made, err := f.replicas[replica].Create(f.Context(), spec())
	if err != nil {
		f.Fatalf("create: %v", err)
	}
	return made
}

func (f *fleet) everybodyLooks(span time.Duration, look func(context.Context, *Provider) error) {
	var looks sync.WaitGroup
	for i, replica := range f.replicas {
		looks.Go(func() {
			time.Sleep(time.Duration(i) * 100 * time.Millisecond)
			for end := time.Now().Add(span); time.Now().Before(end); time.Sleep(time.Second) {
				if err := look(f.Context(), replica); err != nil {
					f.Errorf("look: %v", err)
				}
			}
		})
	}
	looks.Wait()
}

// longLists is two replicas of an account with very many machines, which has none of
// those that are asked for.
type longLists struct {
	*testing.T
	Shelf
	rosters []*roster
	pages   int
	takes   time.Duration
	read    int
	slow    time.Duration // on the way to the shelf
}

func newLongLists(t *testing.T) *longLists {
	t.Helper()
	f := &longLists{T: t, Shelf: storetest.Open(t), pages: 50}
	for range 2 {
		r := newRoster(
			func(ctx context.Context) (reading, error) {
				f.read++
				rest(ctx, f.takes)
				return reading{pages: f.pages}, ended(ctx)
			},
			func(context.Context, string) (dictumal.Machine, error) {
				return dictumal.Machine{}, dictumal.ErrMachineNotFound
			})
		r.library.shelf, r.library.source = f, "long"
		f.rosters = append(f.rosters, r)
	}
	return f
}

func (f *longLists) AskList(ctx context.Context, source string, later int64, age, patience time.Duration) (int64, time.Duration, string, error) {
	time.Sleep(f.slow)
	return f.Shelf.AskList(ctx, source, later, age, patience)
}

func (f *longLists) after(wait time.Duration) *longLists {
	time.Sleep(wait)
	return f
}

func (f *longLists) change(replica int) *longLists {
	f.rosters[replica].changed(dictumal.Machine{ID: "1"}, present)
	time.Sleep(time.Millisecond)
	return f
}

func (f *longLists) look(replica int) {
	f.Helper()
	if _, err := f.rosters[replica].all(f.Context()); err != nil {
		f.Errorf("list: %v", err)
	}
}

// miss asks the first replica for a machine that is not there.
func (f *longLists) miss() {
	f.Helper()
	if _, err := f.rosters[0].one(f.Context(), "7"); !errors.Is(err, dictumal.ErrMachineNotFound) {
		f.Errorf("error %v, want ErrMachineNotFound", err)
	}
}
