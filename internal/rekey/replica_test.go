package rekey_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/postgrestest"
	"github.com/dictumal/dictumal/internal/rekey"
	"github.com/dictumal/dictumal/internal/secret"
	"github.com/dictumal/dictumal/internal/store"
	"github.com/dictumal/dictumal/internal/store/storetest"
)

// replica is a program that works on a database beside others.
type replica struct {
	*testing.T
	store *store.Store
	keys  *rekey.Rekeyer
	said  *bytes.Buffer
	stop  func()
}

// house is where replicas work on one PostgreSQL database.
type house struct {
	*testing.T
	place string
}

// inHouse runs a test of replicas whose time passes only while all wait.
func inHouse(t *testing.T, test func(h *house)) {
	t.Helper()
	place := postgrestest.Database(t)
	synctest.Test(t, func(t *testing.T) { test(&house{t, place}) })
}

func (h *house) start(present, former []byte) *replica {
	h.Helper()
	r, err := enter(h.T, h.place, present, former)
	if err != nil {
		h.Fatal(err)
	}
	return r
}

func enter(t *testing.T, place string, present, former []byte) (*replica, error) {
	t.Helper()
	r := &replica{T: t, store: storetest.OpenAt(t, place), said: &bytes.Buffer{}}
	var err error
	r.keys, err = rekey.New(rekey.Options{
		Store: r.store, Present: present, Given: former, Shared: true, Log: slog.New(slog.NewTextHandler(r.said, nil)),
	})
	if err == nil {
		err = r.keys.Enter(t.Context())
	}
	if err != nil {
		return nil, errors.Join(err, r.store.Close())
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.keys.Run(ctx) }()
	r.stop = func() {
		cancel()
		r.must(<-ended)
		r.must(r.keys.Leave(context.WithoutCancel(ctx)))
		r.must(r.store.Close())
	}
	return r, nil
}

func (r *replica) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

func (r *replica) order(id string) {
	r.Helper()
	row := store.Row{Deployment: dictumal.Deployment{ID: id, Owner: "ada", CreatedAt: time.Now(), Provider: "memory", Stream: dictumal.Native}}
	var err error
	row.ClientKey, err = r.keys.Sealer.Seal([]byte("key of "+id), row.ClientKeyContext())
	r.must(err)
	_, _, err = r.store.AddDeployment(r.Context(), store.Order{Row: row, PerUser: 1000, Total: 1000})
	r.must(err)
}

// opensAll wants a replica to open what all have sealed, and to know the one authority.
func (r *replica) opensAll(step string, ids ...string) {
	r.Helper()
	for _, id := range ids {
		row, err := r.store.Deployment(r.Context(), id)
		r.must(err)
		if got, err := r.keys.Sealer.Open(row.ClientKey, row.ClientKeyContext()); err != nil || string(got) != "key of "+id {
			r.Errorf("%s: the key of %s opens as %q, %v", step, id, got, err)
		}
	}
	kept, err := r.keys.Authority(r.Context(), func() ([]byte, error) { return []byte("another"), nil })
	if err != nil || string(kept) != "the authority" {
		r.Errorf("%s: the authority is %q, %v", step, kept, err)
	}
}

// values are what is sealed, as it stands in the rows.
func (r *replica) values() map[string]string {
	r.Helper()
	values := map[string]string{}
	for n := range 10 {
		for _, id := range []string{fmt.Sprintf("A%d", n), fmt.Sprintf("B%d", n)} {
			row, err := r.store.Deployment(r.Context(), id)
			r.must(err)
			values[id] = row.ClientKey
		}
	}
	return values
}

// sealedWith counts the values of each key.
func (r *replica) sealedWith() map[string]int {
	r.Helper()
	status, err := r.keys.Status(r.Context())
	r.must(err)
	values := map[string]int{}
	for _, key := range status.Keys {
		values[key.ID] += key.Values
	}
	return values
}

// TestReplicasGetAnotherSecretOneAfterTheOther goes the two rounds with two replicas, each
// of which takes orders all the time, and must open what the other seals.
func TestReplicasGetAnotherSecretOneAfterTheOther(t *testing.T) {
	inHouse(t, func(h *house) {
		former, newer := secret.New(), secret.New()
		var ids []string
		var all [2]*replica
		turn := func(step string) {
			h.Helper()
			for i, r := range all {
				id := fmt.Sprintf("%s-%d", step, i)
				r.order(id)
				ids = append(ids, id)
			}
			time.Sleep(5 * time.Minute)
			synctest.Wait()
			for _, r := range all {
				r.opensAll(step, ids...)
			}
		}
		all[0], all[1] = h.start(former, nil), h.start(former, nil)
		all[0].must(all[0].store.AddUser(h.Context(), dictumal.User{ID: "ada", CreatedAt: time.Now()}, "local", "ada"))
		_, err := all[0].keys.Authority(h.Context(), func() ([]byte, error) { return []byte("the authority"), nil })
		all[0].must(err)
		turn("before")
		for _, round := range [][2][]byte{{former, newer}, {newer, former}} {
			for i := range all {
				all[i].stop()
				all[i] = h.start(round[0], round[1])
				turn(fmt.Sprintf("%s-%d", secret.NewSealer(round[0]).KeyID(), i))
			}
		}
		id := all[0].keys.Sealer.KeyID()
		if values := all[0].sealedWith(); values[id] != len(ids)+1 || len(values) != 2 {
			h.Errorf("of %d values the keys have %v, want all with %s", len(ids)+1, values, id)
		}
		if said := all[0].said.String() + all[1].said.String(); strings.Count(said, "AUTH_SECRET_PREVIOUS can be unset") != 1 {
			h.Errorf("it is not told once that the former secret is not needed:\n%s", said)
		}
		for i := range all {
			all[i].stop()
			all[i] = h.start(newer, nil)
		}
		turn("after")
		all[0].stop()
		all[1].stop()
	})
}

// TestReplicasThatExchangedTheirSecretsDoNotUndoWhatTheOtherDoes lets two stay in the
// middle of the second round.
func TestReplicasThatExchangedTheirSecretsDoNotUndoWhatTheOtherDoes(t *testing.T) {
	inHouse(t, func(h *house) {
		former, newer := secret.New(), secret.New()
		one, other := h.start(former, newer), h.start(newer, former)
		one.must(one.store.AddUser(h.Context(), dictumal.User{ID: "ada", CreatedAt: time.Now()}, "local", "ada"))
		for n := range 10 {
			one.order(fmt.Sprintf("A%d", n))
			other.order(fmt.Sprintf("B%d", n))
		}
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		id := one.keys.Sealer.KeyID()
		if values := one.sealedWith(); values[id] != 20 {
			h.Errorf("the keys have %v, want all with that of the first who seals anew", values)
		}
		before := one.values()
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if diff := cmp.Diff(before, other.values()); diff != "" {
			h.Errorf("they seal anew what is sealed anew:\n%s", diff)
		}
		one.stop()
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if values := other.sealedWith(); values[other.keys.Sealer.KeyID()] != 20 {
			h.Errorf("once the first has ended the keys have %v, want all with the other's", values)
		}
		other.stop()
	})
}

// TestAReplicaWhoseSecretTheOthersDoNotHaveDoesNotStart begins with each pair of secrets
// that could not open all.
func TestAReplicaWhoseSecretTheOthersDoNotHaveDoesNotStart(t *testing.T) {
	a, b, c := secret.New(), secret.New(), secret.New()
	for _, test := range []struct {
		name                                     string
		theirs, theirFormer, present, ownsFormer []byte
		starts                                   bool
	}{
		{"the same secret", a, nil, a, nil, true},
		{"another secret", a, nil, b, nil, false},
		{"the second round before the first", a, nil, b, a, false},
		{"the first round", a, nil, a, b, true},
		{"the second round", a, b, b, a, true},
		{"a secret that is left over from before", b, a, a, nil, false},
		{"the last step", b, a, b, nil, true},
		{"another one for the next", a, b, c, a, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			place := postgrestest.Database(t)
			synctest.Test(t, func(t *testing.T) {
				first, err := enter(t, place, test.theirs, test.theirFormer)
				if err != nil {
					t.Fatal(err)
				}
				second, err := enter(t, place, test.present, test.ownsFormer)
				if (err == nil) != test.starts {
					t.Errorf("it starts: %v, %v", err == nil, err)
				}
				if err != nil && !strings.Contains(err.Error(), secret.NewSealer(test.theirs).KeyID()) {
					t.Errorf("the error names no key: %v", err)
				}
				if second != nil {
					second.stop()
				}
				first.stop() // it says goodbye, so that another may begin at once
				third, err := enter(t, place, test.present, test.ownsFormer)
				if err != nil {
					t.Fatalf("alone it does not start: %v", err)
				}
				third.stop()
			})
		})
	}
}

// TestAReplicaThatWasKilledCountsForAMinute begins after one that has not said goodbye.
func TestAReplicaThatWasKilledCountsForAMinute(t *testing.T) {
	place := postgrestest.Database(t)
	synctest.Test(t, func(t *testing.T) {
		killed := storetest.OpenAt(t, place)
		keys, err := rekey.New(rekey.Options{Store: killed, Present: secret.New(), Shared: true, Log: slog.New(slog.DiscardHandler)})
		if err == nil {
			err = keys.Enter(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
		newer := secret.New()
		if _, err := enter(t, place, newer, nil); dictumal.ErrorCode(err) != dictumal.CodeConflict {
			t.Errorf("at once another one with another secret starts: %v", err)
		}
		time.Sleep(time.Minute)
		next, err := enter(t, place, newer, nil)
		if err != nil {
			t.Fatal(err)
		}
		next.stop()
		if err := killed.Close(); err != nil {
			t.Error(err)
		}
	})
}
