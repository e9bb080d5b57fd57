package crash_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/client"
	"github.com/dictumal/dictumal/internal/machine/machinetest"
	"github.com/dictumal/dictumal/internal/postgrestest"
	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

// TestTheVersionBeforeWorksBesideTheNext runs two programs on one database, the later of
// which has one migration more: one that adds, and then one behind which the earlier
// cannot be.
func TestTheVersionBeforeWorksBesideTheNext(t *testing.T) {
	t.Parallel()
	u := newUpgrade(t)
	now := u.start("now", build(t))
	law, err := now.CreateConstitution(t.Context(), "# A desk\n")
	if err != nil {
		t.Fatal(err)
	}
	first := u.order(now, law.ID)
	next := u.start("next", buildNext(t))
	second, third := u.order(now, law.ID), u.order(next, law.ID) // both on rows of the next version
	for _, id := range []string{first, second, third} {
		u.await(now, id, dictumal.Active)
		u.await(next, id, dictumal.Active)
	}
	u.destroy(next, first)
	u.destroy(now, third)
	for _, id := range []string{first, third} {
		u.await(now, id, dictumal.Destroyed)
	}

	now.kill()
	now = u.start("now", build(t)) // the way back stays open
	u.await(now, second, dictumal.Active)
	u.do(`UPDATE setting SET value = '9000_next' WHERE name = 'schema.floor'`) // as a version does that breaks this one
	u.until("the version before saying so", func() bool {
		ready, said := now.ready(t)
		return !ready && strings.Contains(said, "was changed by a later version")
	})
	fourth := u.order(next, law.ID)
	u.await(next, fourth, dictumal.Active)
	if ready, said := next.ready(t); !ready {
		t.Errorf("the next version is not ready: %s", said)
	}
	now.kill()
	if refused := u.start("now", build(t)); !refused.dead(patience) || !strings.Contains(refused.said.String(), "was changed by a later version") {
		t.Errorf("the version before has started again, and says:\n%s", refused.said.String())
	}
	for _, id := range []string{second, fourth} {
		u.destroy(next, id)
		u.await(next, id, dictumal.Destroyed)
	}
	if made, left := len(u.ocean.Bill()), len(u.ocean.Droplets()); made != 4 || left != 0 {
		t.Errorf("%d machines were made for 4 desktops, and %d are left", made, left)
	}
}

// Private

// upgrade is an installation on a database that programs of two versions share.
type upgrade struct {
	*testing.T
	ocean    *oceantest.Ocean
	database string
	account  string // the address of its provider
	folder   string // of the data folders
}

// edition is one of the programs, and what it is asked through.
type edition struct {
	*program
	*client.Client
	address string
}

func newUpgrade(t *testing.T) *upgrade {
	t.Helper()
	u := &upgrade{T: t, database: postgrestest.Database(t), folder: filepath.Join(filepath.Dir(build(t)), rand.Text()[:8])}
	u.ocean = oceantest.New(oceantest.Options{Token: token, Machines: &machines{}})
	server := httptest.NewServer(u.ocean)
	u.account = server.URL
	t.Cleanup(func() {
		server.Close()
		_ = os.RemoveAll(u.folder)
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), patience)
		defer cancel()
		if err := u.ocean.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return u
}

// start runs a program; each name has its data folder and its address.
func (u *upgrade) start(name, path string) *edition {
	u.Helper()
	data := filepath.Join(u.folder, name)
	r := &edition{address: machinetest.FreeAddress(u.T), Client: client.Local(filepath.Join(data, "control.sock"), "")}
	r.program = run(u.T, path, []string{
		"DATABASE_URL=" + u.database, "AUTH_SECRET=of-no-use-to-anybody-but-long-enough-to-be-one",
		"DICTUMAL_LISTEN=" + r.address, "AUTH_URL=http://" + r.address, "DICTUMAL_DATA_DIR=" + data, "DICTUMAL_STREAM=native",
		"DIGITALOCEAN_API_TOKEN=" + token, "DIGITALOCEAN_API_URL=" + u.account,
	})
	u.Cleanup(func() {
		r.kill()
		if u.Failed() {
			u.Logf("%s said:\n%s", name, r.said.String())
		}
	})
	return r
}

func (u *upgrade) order(r *edition, law string) string {
	u.Helper()
	desk, err := r.Deploy(u.Context(), client.Order{ConstitutionID: law}, "")
	if err != nil {
		u.Fatal(err)
	}
	return desk.ID
}

func (u *upgrade) destroy(r *edition, id string) {
	u.Helper()
	if _, err := r.Destroy(u.Context(), id); err != nil {
		u.Fatal(err)
	}
}

func (u *upgrade) await(r *edition, id string, want dictumal.Status) {
	u.Helper()
	u.until(id+" being "+string(want), func() bool {
		desk, err := r.Deployment(u.Context(), id)
		return err == nil && desk.Status == want
	})
}

func (u *upgrade) until(what string, there func() bool) {
	u.Helper()
	for deadline := time.Now().Add(patience); !there(); time.Sleep(40 * time.Millisecond) {
		if time.Now().After(deadline) {
			u.Fatalf("waited %s in vain for %s", patience, what)
		}
	}
}

func (u *upgrade) do(statement string) {
	u.Helper()
	connection, err := pgx.Connect(u.Context(), u.database)
	if err != nil {
		u.Fatal(err)
	}
	defer func() { _ = connection.Close(u.Context()) }()
	if done, err := connection.Exec(u.Context(), statement); err != nil || done.RowsAffected() != 1 {
		u.Fatal(done, err)
	}
}

func (r *edition) ready(t *testing.T) (ready bool, said string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+r.address+"/readyz", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return false, err.Error()
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return false, err.Error()
	}
	return answer.StatusCode == http.StatusOK, string(text)
}

// buildNext gives the program with one migration more. The file is laid over the
// sources, and not among them.
func buildNext(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	migration, err := filepath.Abs("../store/migrations/9000_next.sql")
	if err != nil {
		t.Fatal(err)
	}
	text, overlay, path := filepath.Join(folder, "next.sql"), filepath.Join(folder, "overlay.json"), filepath.Join(folder, "dictumal")
	replace, err := json.Marshal(map[string]any{"Replace": map[string]string{migration: text}})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{text: `ALTER TABLE deployment ADD COLUMN next_note TEXT NOT NULL DEFAULT '';`, overlay: string(replace)} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	command := exec.CommandContext(t.Context(), "go", "build", "-tags", "crash", "-overlay", overlay, "-o", path, "github.com/dictumal/dictumal/cmd/dictumal")
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("build the next version: %v\n%s", err, out)
	}
	return path
}
