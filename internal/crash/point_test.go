package crash_test

import (
	"errors"
	"flag"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/crash"
)

// TestMain lets many lives go on at once, since they mostly wait, and has all files
// be in one folder that goes with them.
func TestMain(m *testing.M) {
	flag.Parse()
	folder, err := os.MkdirTemp("", "crash-")
	// Whoever a database runs as has to come through to its own folder in there.
	if err = errors.Join(err, os.Chmod(folder, 0o711), flag.Set("test.parallel", "24"), os.Setenv("TMPDIR", folder)); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(folder)
	os.Exit(code)
}

// TestAProgramThatIsKilledAnywhereLosesNothing ends the real program by SIGKILL at
// each of its points, starts it again on what it left behind, and goes on.
func TestAProgramThatIsKilledAnywhereLosesNothing(t *testing.T) {
	t.Parallel()
	lives := courses()
	path, known, seen := build(t), map[string]bool{}, passed{}
	t.Run("at", func(t *testing.T) {
		for _, one := range lives {
			for _, end := range one.ends {
				known[strings.TrimSuffix(end, ":2")] = true
				t.Run(end+" in the life of "+one.name, func(t *testing.T) {
					t.Parallel()
					seen.add(through(install(t, path), one.story, one.stream, end))
				})
			}
		}
		for name, ends := range map[string][]string{
			"while it comes back from an order that was sent":  {post + ".sent", "find.after", "save.before.CONFIGURING", "certify.signed"},
			"while it comes back from a removal that was sent": {remove + ".sent", "save.after.DESTROYING.absent", "save.before.DESTROYED", "save.before.DESTROYED"},
			"again and again at the same place":                {"save.before.ACTIVE", "save.before.ACTIVE", "save.before.ACTIVE"},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				seen.add(through(install(t, path), simple, dictumal.Guacamole, ends...))
			})
		}
	})
	for _, point := range seen.list() {
		if !known[point] && !strings.HasPrefix(point, "http.GET ") { // a look changes nothing
			t.Errorf("%s was passed, and no program ends there", point)
		}
	}
}

// The calls that make a machine and remove it.
const (
	post   = "http.POST /v2/droplets"
	remove = "http.DELETE /v2/droplets/{id}"
)

// course is a life, and the points at which a program ends in it.
type course struct {
	story  story
	name   string
	stream dictumal.Stream
	ends   []string // each in a life of its own
}

func courses() []course {
	const (
		keys, tags = "http.POST /v2/account/keys", "http.POST /v2/tags"
		wall       = "http.POST /v2/firewalls"
	)
	return []course{
		{simple, "a desktop", dictumal.Guacamole, []string{
			"hold.sweep", "list.after",
			"asked", "claim.PROVISIONING", "save.before.intent", "save.after.intent", "create.before",
			keys + ".cut", keys + ".sent", keys + ".answered",
			tags + ".cut", tags + ".sent", tags + ".answered",
			wall + ".cut", wall + ".sent", wall + ".answered",
			post + ".cut", post + ".sent", post + ".answered", "create.after",
			"save.before.PROVISIONING.id", "save.after.PROVISIONING.id", "inspect.after",
			"save.before.CONFIGURING", "save.after.CONFIGURING", "claim.CONFIGURING", "probe",
			"certify.asked", "certify.signed", "certify.installed",
			"save.before.ACTIVE", "save.after.ACTIVE",
			"asked.destroy", "asked:2", "claim.DESTROYING", "destroy.before",
			remove + ".cut", remove + ".sent", remove + ".answered", "destroy.after",
			"save.before.DESTROYING", "save.after.DESTROYING",
			"save.before.DESTROYING.absent", "save.after.DESTROYING.absent",
			"save.before.DESTROYING.absent:2", "save.after.DESTROYING.absent:2",
			"save.before.DESTROYED", "save.after.DESTROYED",
		}},
		{simple, "a desktop through this server", dictumal.Native, []string{"probe", "launch.code"}},
		{guarded, "a desktop that is looked after", dictumal.Native, []string{"claim.ACTIVE"}},
		{lost, "an answer that is lost", dictumal.Native, []string{
			"create.after", "save.before.PROVISIONING", "save.after.PROVISIONING", "find.after", "save.before.CONFIGURING",
		}},
		{void, "an order that is lost", dictumal.Native, []string{
			"create.after", "find.after",
			"save.before.PROVISIONING.absent", "save.after.PROVISIONING.absent",
			"save.before.PROVISIONING.absent:2", "save.after.PROVISIONING.absent:2",
			"save.before.intent:2", "save.after.intent:2", post + ".cut:2", post + ".sent", "create.after:2",
		}},
		{failing, "a desktop that fails", dictumal.Guacamole, []string{
			"save.before.ERROR", "save.after.ERROR", "claim.ERROR", "destroy.before", remove + ".cut", remove + ".sent", "destroy.after",
			"save.before.ERROR.absent", "save.after.ERROR.absent",
			"save.before.ERROR.absent:2", "save.after.ERROR.absent:2",
			"save.before.ERROR.cleaned", "save.after.ERROR.cleaned",
		}},
		{strayed, "a machine without an owner", dictumal.Native, []string{
			"hold.sweep", "list.after", "sight.before", "sight.after", "sight.after:2",
			"destroy.before", remove + ".cut", remove + ".sent", remove + ".answered", "destroy.after",
		}},
	}
}

// through brings a desktop through a life in which one program after another ends.
func through(i *installation, story story, stream dictumal.Stream, ends ...string) []*program {
	i.Helper()
	l := &life{installation: i, stream: stream}
	l.ends = ends
	story(l)
	l.judge()
	var ended []string
	for _, p := range l.programs {
		ended = append(ended, p.told(crash.Ended)...)
	}
	for n, want := range ends {
		if !strings.Contains(want, ":") {
			ends[n] = want + ":1"
		}
	}
	if !slices.Equal(ended, ends) {
		i.Errorf("ended at %q, want %q", ended, ends)
	}
	return l.programs
}

// passed are the points that programs have come through.
type passed struct {
	mu     sync.Mutex
	points map[string]bool
}

func (p *passed) add(programs []*program) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.points == nil {
		p.points = map[string]bool{}
	}
	for _, one := range programs {
		for _, point := range one.told(crash.Passed) {
			p.points[point] = true
		}
	}
}

func (p *passed) list() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Sorted(maps.Keys(p.points))
}
