// Package host makes a Linux host ready for machines: packages, the Incus
// daemon, storage, a bridge with NAT, the wall between machines and the host,
// and a project with a profile. It can tell what is missing, and take all of it
// away again.
package host

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/incus"
)

// What Setup makes in Incus. Names are fixed: there is one of each on a host.
const (
	Pool    = "dictumal"
	Bridge  = "dictumal0"
	Profile = "dictumal"
)

// Options says which Incus and which project. Everything may be left empty.
type Options struct {
	Socket  string    // incus.DefaultSocket
	Project string    // "dictumal"
	Image   string    // alias of the desktop image: "dictumal-desktop"
	Log     io.Writer // what is being done, for people; nil: nobody reads it
}

// Setup makes everything that a host needs. It changes nothing that is in order
// already, and is quick then.
func Setup(ctx context.Context, options Options) error {
	if os.Geteuid() != 0 {
		return dictumal.NewError(dictumal.CodeForbidden,
			"Setting up this host needs root: run it again with sudo.")
	}
	s := newSetup(options)
	steps := []struct {
		what string
		do   func(context.Context) error
	}{
		{"give containers user ids", s.userIDs},
		{"install packages", s.packages},
		// The wall stands before the daemon starts machines that were left running.
		{"build the wall around machines", s.wall},
		{"start Incus", s.daemon},
		{"make the storage pool", s.pool},
		{"make the bridge", s.bridge},
		{"let machines through Docker's firewall", s.docker},
		{"make the project", s.project},
	}
	for _, step := range steps {
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.what, err)
		}
	}
	return nil
}

// Private

type setup struct {
	client  *incus.Client // in the project "default"
	name    string        // of the project
	image   string        // an alias
	release release
	log     io.Writer
}

func newSetup(options Options) *setup {
	return &setup{
		client:  incus.New(options.Socket),
		name:    cmp.Or(options.Project, "dictumal"),
		image:   cmp.Or(options.Image, "dictumal-desktop"),
		release: readRelease(),
		log:     cmp.Or[io.Writer](options.Log, io.Discard),
	}
}

func (s *setup) say(format string, values ...any) {
	_, _ = fmt.Fprintf(s.log, format+"\n", values...)
}
