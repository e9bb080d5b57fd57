package crash_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/client"
	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

// unconfirmed is long enough for a sweeper to remove what it would remove.
const unconfirmed = 6 * time.Second

// office is an installation with several desktops.
type office struct {
	*installation
	law      string
	desks    map[string]string // ids
	snapshot string            // a folder
}

// cut takes the snapshot of what a program that has ended has left.
func (o *office) cut(t *testing.T) {
	t.Helper()
	o.snapshot = t.TempDir()
	for _, part := range []string{"", "-wal"} {
		o.copyFile(o.database()+part, filepath.Join(o.snapshot, "dictumal.db"+part))
	}
}

func (o *office) order(name string) {
	o.Helper()
	o.insistHere(func() (err error) {
		if o.law == "" {
			var law client.Constitution
			law, err = o.local.CreateConstitution(o.Context(), "---\ntitle: A desk\n---\n# A desk\n")
			o.law = law.ID
		}
		return err
	})
	o.insistHere(func() error {
		desk, err := o.local.Deploy(o.Context(), client.Order{ConstitutionID: o.law}, name)
		if o.desks == nil {
			o.desks = map[string]string{}
		}
		if err == nil {
			o.desks[name] = desk.ID
		}
		return err
	})
}

// insistHere is insist that takes the snapshot before it starts the program again.
func (o *office) insistHere(do func() error) {
	o.Helper()
	o.insist(func() error {
		err := do()
		if err != nil && o.present().dead(time.Second) && o.snapshot == "" {
			o.cut(o.T)
		}
		return err
	})
}

func (o *office) await(name string, want dictumal.Status) {
	o.Helper()
	o.until(name+" being "+string(want), func() bool {
		desk, err := o.local.Deployment(o.Context(), o.desks[name])
		return err == nil && desk.Status == want
	})
}

// goOn leaves a third desktop to the rows that are about to be lost, puts the older
// rows in place, and goes on from them.
func (o *office) goOn(older string) {
	o.Helper()
	o.order("second")
	o.await("second", dictumal.Active)
	o.order("third")
	o.await("third", dictumal.Active)
	o.present().kill()
	for _, part := range []string{"-shm", "-wal", ""} {
		if err := os.Remove(o.database() + part); err != nil && !errors.Is(err, fs.ErrNotExist) {
			o.Fatal(err)
		}
	}
	for _, part := range []string{"", "-wal"} {
		o.copyFile(filepath.Join(older, "dictumal.db"+part), o.database()+part)
	}
	before := o.ocean.Droplets()
	o.ocean.Break("GET /v2/droplets", oceantest.SlowBody(300*time.Millisecond)) // whatever comes first, it is not the list
	o.start()
	o.keepsAll(before)
	o.await("first", dictumal.Active)
	whole(o.T, o.database())
	known := o.known("second")
	if known {
		o.await("second", dictumal.Active)
	}
	o.windUp(known)
}

// keepsAll waits for longer than the sweeper would, and has every machine be there.
func (o *office) keepsAll(before []oceantest.Droplet) {
	o.Helper()
	var unowned []client.Unowned
	o.until("the sweeper having looked for long", func() bool {
		for _, d := range before {
			if !slices.ContainsFunc(o.ocean.Droplets(), func(there oceantest.Droplet) bool { return there.ID == d.ID }) {
				o.Fatalf("I7: %s was removed and nobody had asked for it", d.Name)
			}
		}
		var err error
		unowned, err = o.local.Unowned(o.Context(), false)
		return err == nil && len(unowned) > 0 && time.Since(unowned[0].Since) > unconfirmed
	})
	for _, u := range unowned {
		if !u.Kept {
			o.Errorf("I7: %s, which is newer than the rows, is to be removed", u.Name)
		}
	}
}

// known tells whether the rows have a desktop.
func (o *office) known(name string) bool {
	_, err := o.local.Deployment(o.Context(), o.desks[name])
	return err == nil
}

// windUp confirms the sweep, destroys what there is a row of, and has nothing be left.
func (o *office) windUp(second bool) {
	o.Helper()
	if _, err := o.local.Unowned(o.Context(), true); err != nil {
		o.Fatal(err)
	}
	names := []string{"first"}
	if second {
		names = append(names, "second")
	}
	for _, name := range names {
		if _, err := o.local.Destroy(o.Context(), o.desks[name]); err != nil {
			o.Fatal(err)
		}
	}
	for _, name := range names {
		o.await(name, dictumal.Destroyed)
	}
	o.until("an empty account", func() bool { return len(o.ocean.Droplets()) == 0 })
}

// look is one look of a viewer, which takes a moment.
func (o *office) look() { _, _ = o.local.Deployment(o.Context(), o.desks["first"]) }

// bustle has others write all the time.
func (o *office) bustle() (stop func()) {
	over, ended := make(chan struct{}), make(chan struct{})
	long := "# A desk\n" + strings.Repeat("One more line of a long document.\n", 100)
	go func() {
		defer close(ended)
		for {
			select {
			case <-over:
				return
			default:
			}
			if _, err := o.local.CreateConstitution(o.Context(), long); err != nil {
				o.Error(err)
				return
			}
		}
	}()
	return func() { close(over); <-ended }
}

// copyPlainly copies the database as docs/backup.md tells it, and tells whether its
// log has stayed the same one meanwhile.
func (o *office) copyPlainly(to string) bool {
	o.Helper()
	head := func() string {
		log, err := os.ReadFile(o.database() + "-wal")
		if err != nil {
			o.Fatal(err)
		}
		return string(log[:min(32, len(log))])
	}
	before := head()
	for _, part := range []string{"", "-wal"} {
		o.copyFile(o.database()+part, filepath.Join(to, "dictumal.db"+part))
	}
	return before == head()
}

func (o *office) copyFile(from, to string) {
	o.Helper()
	content, err := os.ReadFile(from)
	if err != nil {
		o.Fatal(err)
	}
	if err := os.WriteFile(to, content, 0o600); err != nil {
		o.Fatal(err)
	}
}
