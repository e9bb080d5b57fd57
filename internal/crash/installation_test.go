package crash_test

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal/internal/client"
	"github.com/dictumal/dictumal/internal/crash"
	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

const token = "dop_v1_a_token_of_the_tests"

// installation is a program with a data folder and an account of its own. Where the
// program has ended it is started again.
type installation struct {
	*testing.T
	ocean    *oceantest.Ocean
	machines *machines
	local    *client.Client

	path     string
	data     string
	environ  []string
	ends     []string   // the points where the next programs end
	programs []*program // one after another; the last one runs
}

func install(t *testing.T, path string, environ ...string) *installation {
	t.Helper()
	return installBehind(t, path, func(account http.Handler) http.Handler { return account }, environ...)
}

// installBehind is install where something stands between the program and its account.
func installBehind(t *testing.T, path string, between func(http.Handler) http.Handler, environ ...string) *installation {
	t.Helper()
	data := filepath.Join(filepath.Dir(path), rand.Text()[:8]) // a folder of the test's own has too long a name for a socket
	i := &installation{T: t, machines: &machines{}, path: path, data: data}
	i.ocean = oceantest.New(oceantest.Options{Token: token, Machines: i.machines})
	server := httptest.NewServer(between(i.ocean))
	i.local = client.Local(filepath.Join(data, "control.sock"), "")
	i.environ = append([]string{
		"DICTUMAL_LISTEN=127.0.0.1:0", "DICTUMAL_DATA_DIR=" + data,
		"DIGITALOCEAN_API_TOKEN=" + token, "DIGITALOCEAN_API_URL=" + server.URL, "DICTUMAL_ERROR_KEEP=1s",
	}, environ...)
	t.Cleanup(func() {
		if len(i.programs) > 0 {
			i.present().kill()
		}
		server.Close()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), patience)
		defer cancel()
		if err := i.ocean.Close(ctx); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			for number, p := range i.programs {
				t.Logf("program %d said:\n%s", number+1, p.said.String())
			}
		}
		if err := os.RemoveAll(data); err != nil {
			t.Error(err)
		}
	})
	return i
}

// start runs the program until it ends at the next point, and without an end where
// there is none left.
func (i *installation) start() {
	i.Helper()
	environ := slices.Clone(i.environ)
	if len(i.ends) > 0 {
		environ = append(environ, "DICTUMAL_CRASH_AT="+i.ends[0])
		i.ends = i.ends[1:]
	}
	i.programs = append(i.programs, run(i.T, i.path, environ))
}

func (i *installation) present() *program { return i.programs[len(i.programs)-1] }

// database is the file of the rows, or the URL of their database.
func (i *installation) database() string {
	for _, variable := range i.environ {
		if place, ok := strings.CutPrefix(variable, "DATABASE_URL="); ok {
			return place
		}
	}
	return filepath.Join(i.data, "dictumal.db")
}

// insist does something until it succeeds, and starts the program again whenever it
// has ended. What fails while the program runs fails for good.
func (i *installation) insist(do func() error) {
	i.Helper()
	for {
		err := do()
		if err == nil {
			return
		}
		if !i.present().dead(time.Second) {
			i.Fatal(err)
		}
		i.revive()
	}
}

// until waits for something outside the program, which may end meanwhile.
func (i *installation) until(what string, there func() bool) {
	i.Helper()
	for deadline := time.Now().Add(patience); !there(); time.Sleep(40 * time.Millisecond) {
		if time.Now().After(deadline) {
			i.Fatalf("waited %s in vain for %s", patience, what)
		}
		if i.present().dead(0) {
			i.revive()
		}
	}
}

// revive starts the program again after it was killed.
func (i *installation) revive() {
	i.Helper()
	if !i.present().killed() || len(i.present().told(crash.Ended)) != 1 {
		i.Fatalf("the program has ended by itself: %s", i.present().command.ProcessState)
	}
	i.start()
}
