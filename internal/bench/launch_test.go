//go:build bench

package bench

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/client"
	"github.com/dictumal/dictumal/internal/guacamole"
	"github.com/dictumal/dictumal/internal/machine/machinetest"
	"github.com/dictumal/dictumal/internal/secret"
	"github.com/dictumal/dictumal/internal/store"
)

const (
	launchers = 16              // browsers that launch at the same time
	launching = 4 * time.Second // a round of them
)

// TestBenchLaunch compares launches of a guacamole desktop, session, ownership,
// token and audit event included, with a bare handler that writes one row. Both are
// processes of their own, asked through real connections.
func TestBenchLaunch(t *testing.T) {
	world, data := newWorld(t), t.TempDir()
	server := world.serve(t, data)
	token, err := server.local.CreateToken(t.Context(), client.TokenOrder{})
	if err != nil {
		t.Fatal(err)
	}
	id := standing(t, data, server.keep(t, example(t, "minimal.md")).ConstitutionID)
	ours := func() float64 {
		return rate(t, server.url+"/api/deployments/"+id+"/launch", token, http.StatusFound)
	}
	bare := "http://" + bareProcess(t, "bare-writer", filepath.Join(t.TempDir(), "bare.db"))
	theirs := func() float64 { return rate(t, bare, "", http.StatusOK) }
	alternateRates(t, "launches a second, token and audit event included; bare: `net/http` with one SQLite write",
		ours, theirs, "at least 0.25")
}

// standing writes a deployment that has come up, on a machine that nobody will ask for.
func standing(t *testing.T, data, constitution string) string {
	t.Helper()
	s, err := store.Open(t.Context(), filepath.Join(data, "dictumal.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // what it holds is written
	law, err := s.Constitution(t.Context(), constitution, 0)
	if err != nil {
		t.Fatal(err)
	}
	key, err := secret.LoadOrCreate(filepath.Join(data, "auth-secret"))
	if err != nil {
		t.Fatal(err)
	}
	order := store.Order{PerUser: 10, Total: 10, Row: store.Row{Deployment: dictumal.Deployment{
		ID: "BENCH", Owner: law.Owner, Stream: dictumal.Guacamole, CreatedAt: time.Now(), Policy: law.Policy,
		Constitution: dictumal.ConstitutionRef{ID: law.ID, Title: law.Title, Version: law.Version, Hash: law.Hash},
	}}}
	if order.Row.StreamSecret, err = secret.NewSealer(key).Seal(guacamole.NewSecret(), order.Row.StreamSecretContext()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.AddDeployment(t.Context(), order); err != nil {
		t.Fatal(err)
	}
	row, ok, err := s.Claim(t.Context(), "bench", time.Minute)
	if err != nil || !ok {
		t.Fatalf("claim: %v, %v", ok, err)
	}
	row.Status, row.IP = dictumal.Active, "192.0.2.1"
	if err := s.Save(t.Context(), row, store.Outcome{Wake: time.Now().Add(24 * time.Hour)}); err != nil {
		t.Fatal(err)
	}
	return row.ID
}

// rate is how often a second an address answers as it should.
func rate(t *testing.T, address, token string, want int) float64 {
	t.Helper()
	return rateOf(t, launching, []string{address}, token, want)
}

// rateOf is how often a second addresses, which are asked by turns, answer as they should.
func rateOf(t *testing.T, round time.Duration, addresses []string, token string, want int) float64 {
	t.Helper()
	client := &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: launchers},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	defer client.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(t.Context(), round)
	defer cancel()
	var answers atomic.Int64
	var running sync.WaitGroup
	begun := time.Now()
	for from := range launchers {
		running.Go(func() {
			for next := from; ctx.Err() == nil; next += launchers {
				if err := launchOnce(ctx, client, addresses[next%len(addresses)], token, want); err != nil {
					if ctx.Err() == nil {
						t.Error(err)
					}
					return
				}
				answers.Add(1)
			}
		})
	}
	running.Wait()
	return float64(answers.Load()) / time.Since(begun).Seconds()
}

func launchOnce(ctx context.Context, client *http.Client, address, token string, want int) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return err
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close() //nolint:errcheck // nothing was written
	_, _ = io.Copy(io.Discard, response.Body)
	if response.StatusCode != want {
		return fmt.Errorf("%s answers %s", address, response.Status)
	}
	return nil
}

// The bare handlers are this test's binary in other roles.
const roleVariable = "DICTUMAL_BENCH_ROLE"

func TestMain(m *testing.M) {
	roles := map[string]func(address, file string) error{
		"bare-writer": writeBare, "bare-reader": answerBare, "bare-broadcast": broadcastBare,
	}
	if role := roles[os.Getenv(roleVariable)]; role != nil {
		if err := role(os.Args[1], os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// bareProcess starts this test's binary in another role, with a file to work on.
func bareProcess(t *testing.T, role, file string) (address string) {
	t.Helper()
	address = machinetest.FreeAddress(t)
	process := exec.CommandContext(context.WithoutCancel(t.Context()), os.Args[0], address, file)
	process.Env = append(os.Environ(), roleVariable+"="+role)
	process.Stderr = os.Stderr
	begin(t, process)
	until(t, "the bare handler listens", func() bool {
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	})
	return address
}

// writeBare answers every request after one write, through a database that is set
// as ours is.
func writeBare(address, file string) error {
	pragmas := []string{"journal_mode(WAL)", "synchronous(NORMAL)", "busy_timeout(5000)"}
	db, err := sql.Open("sqlite", "file:"+file+"?_txlock=immediate&_pragma="+strings.Join(pragmas, "&_pragma="))
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(context.Background(), `CREATE TABLE launch (at BIGINT NOT NULL, text TEXT NOT NULL)`); err != nil {
		return err
	}
	return http.ListenAndServe(address, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := db.ExecContext(r.Context(), `INSERT INTO launch (at, text) VALUES ($1, $2)`, time.Now().UnixMicro(), "Launched."); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	}))
}
