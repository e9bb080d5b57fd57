package crash_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
	"github.com/dictumal/dictumal/internal/store"
)

// judgement compares what there was with what there may be, from outside: by the
// account's own books, by the rows, and by what people were told.
type judgement struct {
	*cluster
	seed    uint64
	stays   []*stay
	rows    map[string]kept // by id
	charges map[int]oceantest.Charge
	removed map[int]time.Time // when the removal of a droplet was sent first
	told    map[string]bool   // deployments whose history was shown
}

// kept is a row at the end.
type kept struct {
	id, owner, status, key string
	destroyed, expires     time.Time
}

// judge finds every promise that was broken.
func (j *judgement) judge(ctx context.Context, followers []*follower) {
	j.Helper()
	j.read(ctx)
	for _, left := range j.ocean.Droplets() {
		j.Errorf("left behind: the machine %s", left.Name)
	}
	made := j.machines.of()
	for _, s := range j.stays {
		j.judgeStay(s, made)
	}
	rowed := map[string]bool{}
	for _, row := range j.rows {
		rowed[row.key] = true
	}
	for key, droplets := range made {
		if !rowed[key] {
			j.Errorf("lost: machines %v were made for a deployment that there is no row of", droplets)
		}
	}
	for id := range j.rows {
		if j.of(id).key == "" {
			j.Errorf("seed %d: there is a deployment %s that is nobody's answer to an order: one was taken twice", j.seed, id)
		}
	}
	j.judgeTold(ctx, followers)
	for _, r := range j.replicas {
		for _, p := range append(r.before, r.program) {
			if strings.Contains(p.said.String(), "panic") {
				j.Errorf("%s has panicked", r.name)
			}
		}
	}
}

// Private

// read takes in the rows and the account's books.
func (j *judgement) read(ctx context.Context) {
	j.Helper()
	j.rows, j.charges, j.removed, j.told = map[string]kept{}, map[int]oceantest.Charge{}, map[int]time.Time{}, map[string]bool{}
	connection, err := pgx.Connect(ctx, j.pair.url()+"&target_session_attrs=read-write")
	if err != nil {
		j.Fatal(err)
	}
	defer func() { _ = connection.Close(ctx) }()
	rows, err := connection.Query(ctx, `SELECT id, owner_id, status, client_public, destroyed_at, expires_at FROM deployment`)
	if err != nil {
		j.Fatal(err)
	}
	var k kept
	var destroyed, expires int64
	_, err = pgx.ForEachRow(rows, []any{&k.id, &k.owner, &k.status, &k.key, &destroyed, &expires}, func() error {
		k.key, k.destroyed, k.expires = trimKey(k.key), time.UnixMicro(destroyed), time.UnixMicro(expires)
		j.rows[k.id] = k
		return nil
	})
	if err != nil {
		j.Fatal(err)
	}
	for _, charge := range j.ocean.Bill() {
		j.charges[charge.ID] = charge
	}
	for _, call := range j.ocean.Calls() {
		id, err := strconv.Atoi(strings.TrimPrefix(call.Path, "/v2/droplets/"))
		if _, again := j.removed[id]; err == nil && call.Method == http.MethodDelete && !again {
			j.removed[id] = call.At
		}
	}
}

// judgeStay looks at one deployment.
func (j *judgement) judgeStay(s *stay, made map[string][]int) {
	j.Helper()
	row, there := j.rows[s.id]
	if !there {
		j.broken(s, nil, "lost: there is no row of it")
		return
	}
	droplets := made[row.key]
	slices.Sort(droplets)
	if row.status != string(dictumal.Destroyed) {
		j.broken(s, droplets, "it is %s at the end", row.status)
	}
	if row.expires.Before(s.extended) {
		j.broken(s, droplets, "it ends at %s, and was extended until %s", row.expires, s.extended)
	}
	if len(droplets) > 1 {
		j.broken(s, droplets, "made twice: %d machines", len(droplets))
	}
	for _, droplet := range droplets {
		charge := j.charges[droplet]
		if charge.Until.IsZero() || charge.Until.After(row.destroyed) {
			j.broken(s, droplets, "it was DESTROYED before its machine was gone")
		}
		if at, removed := j.removed[droplet]; !removed || at.Before(s.ended) {
			j.broken(s, droplets, "false kill: its machine was removed before anybody had asked for that")
		}
	}
}

// judgeTold wants every follower to have heard of everything once, in order, and each
// story to be a legal one.
func (j *judgement) judgeTold(ctx context.Context, followers []*follower) {
	j.Helper()
	rows, err := store.Open(ctx, j.pair.url())
	if err != nil {
		j.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for _, f := range followers {
		var want []int64
		owner := j.owner(f.owner)
		statuses := map[string][]dictumal.Status{}
		for last := int64(0); ; {
			entries, err := rows.EventsOf(ctx, owner, last, 1000)
			if err != nil {
				j.Fatal(err)
			}
			for _, e := range entries {
				last = e.Number
				want = append(want, e.Number)
				if e.Kind == dictumal.EventStatus {
					statuses[e.Deployment] = append(statuses[e.Deployment], e.Status)
				}
			}
			if len(entries) == 0 {
				break
			}
		}
		if got := f.heard(want[len(want)-1]); !slices.Equal(got, want) {
			j.Errorf("of %d events a follower has heard %d: %s", len(want), len(got), difference(got, want))
		}
		for id, story := range statuses {
			for n := range len(story) - 1 {
				if !story[n].CanBecome(story[n+1]) {
					j.broken(j.of(id), nil, "%s became %s in %v", story[n], story[n+1], story)
				}
			}
		}
	}
}

// broken tells of a promise that was broken, with the history of the deployment.
func (j *judgement) broken(s *stay, droplets []int, format string, args ...any) {
	j.Helper()
	j.Errorf("seed %d: the deployment %s (%s): %s", j.seed, s.id, s.key, fmt.Sprintf(format, args...))
	if j.told[s.key] {
		return
	}
	j.told[s.key] = true
	for _, call := range j.ocean.Calls() {
		for _, droplet := range droplets {
			if call.Path == "/v2/droplets/"+strconv.Itoa(droplet) {
				j.add(line{call.At, s.key, fmt.Sprintf("%s %s: %d", call.Method, call.Path, call.Status)})
			}
		}
	}
	for _, droplet := range droplets {
		charge := j.charges[droplet]
		j.add(line{charge.From, s.key, fmt.Sprintf("the droplet %d (%s) is made", droplet, charge.Name)},
			line{charge.Until, s.key, fmt.Sprintf("the droplet %d is gone", droplet)})
	}
	j.Log(j.history(s.key))
}

func (j *judgement) of(id string) *stay {
	for _, s := range j.stays {
		if s.id == id {
			return s
		}
	}
	return &stay{id: id}
}

// owner is somebody's id, by what they kept until the end.
func (j *judgement) owner(name string) string {
	for _, s := range j.stays {
		if s.key == keptBy(name) {
			return j.rows[s.id].owner
		}
	}
	return ""
}

// heard is what a follower has heard, once the last has come or ought to have.
func (f *follower) heard(last int64) []int64 {
	for deadline := time.Now().Add(bar); f.last() < last && time.Now().Before(deadline); {
		time.Sleep(look)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.numbers)
}

// difference is where two rows of numbers part.
func difference(got, want []int64) string {
	for n := range max(len(got), len(want)) {
		if n >= len(got) || n >= len(want) || got[n] != want[n] {
			return fmt.Sprintf("from the %d. on %v, want %v", n+1, got[min(n, len(got)):min(n+5, len(got))], want[min(n, len(want)):min(n+5, len(want))])
		}
	}
	return "none"
}
