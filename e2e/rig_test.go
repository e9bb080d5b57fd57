// Package e2e tests the whole program: real machines in a real Incus, a real
// browser, and for crashes the real binary.
package e2e

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/app"
	"github.com/dictumal/dictumal/internal/client"
	"github.com/dictumal/dictumal/internal/config"
	"github.com/dictumal/dictumal/internal/host"
	"github.com/dictumal/dictumal/internal/incus"
	"github.com/dictumal/dictumal/internal/incustest"
)

// patience is how long anything may take that usually takes seconds.
const patience = 4 * time.Minute

// rig is a program with an Incus project of its own.
type rig struct {
	t       *testing.T
	app     *app.App
	url     string
	data    string
	project string
	incus   *incus.Client
}

// machines gives the test an Incus project that ends with it.
func machines(t *testing.T) (project string, own *incus.Client) {
	t.Helper()
	all := incustest.Client(t)
	project = incustest.Name()
	if err := host.MakeProject(t.Context(), all, project); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), patience)
		defer cancel()
		if err := host.RemoveProject(ctx, all, project); err != nil {
			t.Error(err)
		}
	})
	return project, all.Project(project)
}

// start runs the program with an environment of its own.
func start(t *testing.T, environ ...string) *rig {
	t.Helper()
	project, own := machines(t)
	r := &rig{t: t, data: filepath.Join(t.TempDir(), "data"), project: project, incus: own}
	r.run(append(r.environ(), environ...))
	return r
}

func (r *rig) environ() []string {
	return []string{"DICTUMAL_LISTEN=127.0.0.1:0", "DICTUMAL_DATA_DIR=" + r.data, "INCUS_PROJECT=" + r.project}
}

func (r *rig) run(environ []string) {
	r.t.Helper()
	cfg, err := config.Load(environ, "")
	if err != nil {
		r.t.Fatal(err)
	}
	r.app, err = app.New(r.t.Context(), cfg, "test", slog.New(slog.NewTextHandler(testWriter{r.t}, nil)))
	if err != nil {
		r.t.Fatal(err)
	}
	r.url = r.app.URL()
	ctx, stop := context.WithCancel(context.WithoutCancel(r.t.Context()))
	done := make(chan error, 1)
	go func() { done <- r.app.Run(ctx) }()
	r.t.Cleanup(func() {
		stop()
		if err := errors.Join(<-done, r.app.Close()); err != nil && !errors.Is(err, context.Canceled) {
			r.t.Error(err)
		}
	})
}

type testWriter struct{ t *testing.T }

func (w testWriter) Write(line []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(line)))
	return len(line), nil
}

// local talks to the program as the command line does.
func (r *rig) local() *client.Client {
	return client.Local(filepath.Join(r.data, "control.sock"), r.url)
}

// user talks to the program as somebody with a token.
func (r *rig) user(email string) *client.Client {
	r.t.Helper()
	token, err := r.local().CreateToken(r.t.Context(), client.TokenOrder{User: email})
	if err != nil {
		r.t.Fatal(err)
	}
	remote, err := client.Remote(r.url, token)
	if err != nil {
		r.t.Fatal(err)
	}
	return remote
}

// deploy writes a document and orders a desktop from it.
func (r *rig) deploy(c *client.Client, document string) client.Deployment {
	r.t.Helper()
	law, err := c.CreateConstitution(r.t.Context(), document)
	if err != nil {
		r.t.Fatal(err)
	}
	d, err := c.Deploy(r.t.Context(), client.Order{ConstitutionID: law.ID}, "")
	if err != nil {
		r.t.Fatal(err)
	}
	return d
}

// await follows a deployment until it is in one of the states.
func (r *rig) await(c *client.Client, id string, want ...dictumal.Status) client.Deployment {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), patience)
	defer cancel()
	var last client.Deployment
	for {
		d, err := c.Deployment(ctx, id)
		if err != nil {
			r.t.Fatalf("deployment %s: %v; last seen %+v", id, err, last)
		}
		last = d
		if slices.Contains(want, d.Status) {
			return d
		}
		if d.Status == dictumal.Errored || d.Status == dictumal.Destroyed {
			r.t.Fatalf("deployment %s is %s (%+v), want %v", id, d.Status, d.Error, want)
		}
		pause(ctx)
	}
}

// pause waits a moment between two looks at the program.
func pause(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(200 * time.Millisecond):
	}
}

// containers are the machines that Incus has in the project.
func (r *rig) containers() []string {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), time.Minute)
	defer cancel()
	all, err := r.incus.Instances(ctx)
	if err != nil {
		r.t.Fatal(err)
	}
	names := make([]string, 0, len(all))
	for _, one := range all {
		names = append(names, one.Name)
	}
	return names
}

// on runs a command on the only machine, as its root, and returns what it prints.
func (r *rig) on(command ...string) string {
	r.t.Helper()
	names := r.containers()
	if len(names) != 1 {
		r.t.Fatalf("machines = %v, want one", names)
	}
	ctx, cancel := context.WithTimeout(r.t.Context(), time.Minute)
	defer cancel()
	result, err := r.incus.Exec(ctx, names[0], command...)
	if err != nil {
		r.t.Fatalf("%q on the machine: %v", command, err)
	}
	return result.Stdout
}

// onDisplay runs a shell command as the desktop's user, on the desktop.
func (r *rig) onDisplay(command string) string {
	r.t.Helper()
	return r.on("runuser", "-u", "dictumal", "--", "env", "DISPLAY=:1", "XAUTHORITY=/run/dictumal-x11/Xauthority", "sh", "-c", command)
}

// session is a cookie jar's worth of being nobody in particular: it follows no
// redirects, so that a test sees them.
func session() *http.Client {
	return &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}
