package oceantest_test

import (
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

func TestTheSameSeedHasTheSameFaultsWhateverTheOrder(t *testing.T) {
	forwards := fates(t, 7, func([]string) {})
	backwards := fates(t, 7, slices.Reverse[[]string])
	if !reflect.DeepEqual(forwards, backwards) {
		t.Errorf("the order changed the faults:\n%v\n%v", forwards, backwards)
	}
	if other := fates(t, 8, func([]string) {}); reflect.DeepEqual(forwards, other) {
		t.Error("another seed has the same faults")
	}
}

func TestEveryFaultComesWhereItIsCertain(t *testing.T) {
	chances := reflect.TypeFor[oceantest.Faults]()
	for i := range chances.NumField() {
		name := chances.Field(i).Name
		t.Run(name, func(t *testing.T) {
			var faults oceantest.Faults
			reflect.ValueOf(&faults).Elem().Field(i).SetFloat(1)
			synctest.Test(t, func(t *testing.T) {
				ocean := oceantest.New(oceantest.Options{Token: token, Faults: faults})
				client := client(t, ocean)
				_, _, _ = client.Droplets.Create(t.Context(), order())
				_, _, _ = client.Droplets.List(t.Context(), nil)
				for _, d := range ocean.Droplets() {
					_, _ = client.Droplets.Delete(t.Context(), d.ID)
				}
				met := 0
				for _, call := range ocean.Calls() {
					met += len(call.Faults)
				}
				if met == 0 {
					t.Errorf("no fault in %+v", ocean.Calls())
				}
			})
		})
	}
}

func TestAFaultIsAboutAsFrequentAsItIsLikely(t *testing.T) {
	const calls = 2000
	ocean := oceantest.New(oceantest.Options{
		Token: token, Seed: 3, Rate: oceantest.Rate{Minute: -1}, Faults: oceantest.Faults{Status: 0.2},
	})
	client := client(t, ocean)
	for range calls {
		_, _, _ = client.Account.Get(t.Context())
	}
	failed := 0
	for _, call := range ocean.Calls() {
		failed += len(call.Faults)
	}
	if failed < calls*16/100 || failed > calls*24/100 {
		t.Errorf("%d of %d calls failed, want a fifth", failed, calls)
	}
}

func TestManyMayAskAtOnce(t *testing.T) {
	ocean := oceantest.New(oceantest.Options{Token: token, Seed: 1, Faults: oceantest.Faults{DropAfter: 0.3, ListLag: 0.3, Vanishes: 0.1}})
	client := client(t, ocean)
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			wanted := order()
			wanted.Name = fmt.Sprintf("desk-%d", i)
			_, _, _ = client.Droplets.Create(t.Context(), wanted)
			_, _, _ = client.Droplets.List(t.Context(), nil)
			ocean.Bill()
		})
	}
	all.Wait()
	if got := len(ocean.Calls()); got != 40 {
		t.Errorf("%d calls are written down, want 40", got)
	}
}

// Private

// fates gives the faults that each of many droplets has met, and their kind, when
// they are made in some order.
func fates(t *testing.T, seed uint64, arrange func([]string)) map[string][]string {
	t.Helper()
	met := map[string][]string{}
	synctest.Test(t, func(t *testing.T) {
		ocean := oceantest.New(oceantest.Options{Token: token, Seed: seed, Limit: 100, Faults: oceantest.Faults{
			StatusAfter: 0.2, DropAfter: 0.2, ListLag: 0.3, StuckNew: 0.2, Vanishes: 0.2,
		}})
		client := client(t, ocean)
		var names []string
		for i := range 30 {
			names = append(names, fmt.Sprintf("desk-%d", i))
		}
		arrange(names)
		for _, name := range names {
			wanted := order()
			wanted.Name = name
			_, _, _ = client.Droplets.Create(t.Context(), wanted)
			calls := ocean.Calls()
			met[name] = calls[len(calls)-1].Faults
		}
	})
	return met
}
