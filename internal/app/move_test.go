package app_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/app"
	"github.com/dictumal/dictumal/internal/config"
	"github.com/dictumal/dictumal/internal/postgrestest"
	"github.com/dictumal/dictumal/internal/provider/providertest"
	"github.com/dictumal/dictumal/internal/store"
)

// TestAMovedInstallationShowsTheSame asks for everything that people have, with the
// sessions that they had, before and after a move.
func TestAMovedInstallationShowsTheSame(t *testing.T) {
	before := located(t)
	world, leave := inhabit(t, before)
	world.populate()
	paths := []string{"/api/deployments", "/api/constitutions", "/api/shared", "/api/people", "/api/audit", "/api/tokens", "/ca.pem"}
	for _, status := range []dictumal.Status{
		dictumal.Provisioning, dictumal.Configuring, dictumal.Active, dictumal.Errored, dictumal.Destroying, dictumal.Destroyed,
	} {
		e := world.settle(owner, status)
		for _, path := range []string{"", "/grants"} {
			paths = append(paths, "/api/deployments/"+e.deployment+path)
		}
		paths = append(paths, "/api/constitutions/"+e.constitution, "/api/constitutions/"+e.constitution+"/versions")
	}
	cookies := []string{world.session(world.people[owner], time.Now().Add(time.Hour)), world.session(world.people[admin], time.Now().Add(time.Hour))}
	want := world.told(paths, cookies)
	leave()

	after := located(t, "DATABASE_URL="+postgrestest.Database(t), "AUTH_SECRET_FILE="+before.SecretFile(), "INCUS_SOCKET="+incus(t, "of all"))
	done, err := app.Move(t.Context(), before, after, func(store.Moving) {})
	if err != nil || done.Warning != "" {
		t.Fatalf("moved with the warning %q, %v", done.Warning, err)
	}
	world, leave = inhabit(t, after)
	defer leave()
	if diff := cmp.Diff(want, world.told(paths, cookies)); diff != "" {
		t.Error(diff)
	}
	if _, err := app.New(t.Context(), before, "test", slog.New(slog.DiscardHandler)); dictumal.ErrorCode(err) != dictumal.CodeConflict {
		t.Errorf("a server on the rows that have moved = %v, want a conflict", err)
	}
}

// TestNoReplicaStartsAnewWhereAMoveWasCutShort has it be cut short after the file is
// marked, and somebody believe what the mark says.
func TestNoReplicaStartsAnewWhereAMoveWasCutShort(t *testing.T) {
	before, place := located(t), postgrestest.Database(t)
	_, leave := inhabit(t, before)
	leave()
	after := before
	after.DatabaseURL, after.AuthSecret = place, located(t, "AUTH_SECRET_FILE="+before.SecretFile()).AuthSecret
	if _, err := app.Move(t.Context(), before, after, func(store.Moving) {}); err != nil {
		t.Fatal(err)
	}
	do(t, place, `DROP SCHEMA public CASCADE`, `CREATE SCHEMA public`)
	for name, cfg := range map[string]config.Config{"the file": before, "the database": after} {
		_, err := app.New(t.Context(), cfg, "test", slog.New(slog.DiscardHandler))
		if dictumal.ErrorCode(err) != dictumal.CodeConflict || !strings.Contains(dictumal.ErrorMessage(err), "the move was cut short; run dictumal migrate again") {
			t.Errorf("a server on %s = %v, want a conflict and what to do", name, err)
		}
	}
	if done, err := app.Move(t.Context(), before, after, func(store.Moving) {}); err != nil || done.Before {
		t.Fatalf("the move after it: %+v, %v", done, err)
	}
	after.Incus.Socket = incus(t, "of all")
	_, leave = inhabit(t, after)
	leave()
}

// TestAMoveThatIsInterruptedAtItsLastAnswerDoesNotSayThatNothingHasMoved has somebody
// interrupt it while the server keeps what was copied.
func TestAMoveThatIsInterruptedAtItsLastAnswerDoesNotSayThatNothingHasMoved(t *testing.T) {
	before, place := located(t), postgrestest.Database(t)
	_, leave := inhabit(t, before)
	leave()
	after := located(t, "DATABASE_URL="+place, "AUTH_SECRET_FILE="+before.SecretFile())
	do(t, place, `CREATE SCHEMA fault`,
		`CREATE FUNCTION fault.last() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_lock(1); RETURN NULL; END $$`,
		`CREATE FUNCTION fault.plant() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
			IF to_regclass('account') IS NOT NULL AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'last') THEN
				CREATE CONSTRAINT TRIGGER last AFTER INSERT ON account DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fault.last();
			END IF; END $$`,
		`CREATE EVENT TRIGGER plant ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION fault.plant()`)
	server, err := pgx.Connect(t.Context(), place)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = server.Close(context.WithoutCancel(t.Context())) }()
	if _, err := server.Exec(t.Context(), `SELECT pg_advisory_lock(1)`); err != nil {
		t.Fatal(err)
	}
	ctx, interrupt := context.WithCancel(t.Context())
	moved := make(chan error)
	go func() {
		_, err := app.Move(ctx, before, after, func(store.Moving) {})
		moved <- err
	}()
	const waiting = `SELECT l.pid FROM pg_locks AS l JOIN pg_database AS d ON d.oid = l.database
		WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()`
	var pid int
	for errors.Is(server.QueryRow(t.Context(), waiting).Scan(&pid), pgx.ErrNoRows) {
		t.Log("it keeps nothing yet")
	}
	interrupt()
	if _, err := server.Exec(t.Context(), `SELECT pg_terminate_backend($1)`, pid); err != nil {
		t.Fatal(err)
	}
	if told := dictumal.ErrorMessage(<-moved); strings.Contains(told, "Nothing has moved") || !strings.Contains(told, "run the same command again") {
		t.Errorf("it was told: %s", told)
	}
}

func TestAMoveSaysWhichSecretIsMissing(t *testing.T) {
	before := located(t)
	world, leave := inhabit(t, before)
	world.populate()
	world.settle(owner, dictumal.Active)
	leave()
	after := located(t, "DATABASE_URL="+postgrestest.Database(t), "AUTH_SECRET=another-secret-that-opens-none-of-it")
	done, err := app.Move(t.Context(), before, after, func(store.Moving) {})
	if err != nil || !strings.Contains(done.Warning, "do not open") {
		t.Errorf("moved with the warning %q, %v", done.Warning, err)
	}
}

func TestARestoreIsNoWayBackFromAMove(t *testing.T) {
	before := located(t)
	_, leave := inhabit(t, before)
	leave()
	backup := filepath.Join(t.TempDir(), "backup")
	if err := app.Backup(t.Context(), before, backup); err != nil {
		t.Fatal(err)
	}
	after := located(t, "DATABASE_URL="+postgrestest.Database(t), "AUTH_SECRET_FILE="+before.SecretFile())
	if _, err := app.Move(t.Context(), before, after, func(store.Moving) {}); err != nil {
		t.Fatal(err)
	}
	if _, err := app.Restore(t.Context(), before, backup); dictumal.ErrorCode(err) != dictumal.CodeConflict {
		t.Errorf("a restore where the rows have moved = %v, want a conflict", err)
	}
	if _, err := app.MoveBack(t.Context(), before); err != nil {
		t.Fatal(err)
	}
	if _, err := app.Restore(t.Context(), before, backup); err != nil {
		t.Errorf("a restore after the move was taken back = %v", err)
	}
}

// Private

// do runs statements on a server.
func do(t *testing.T, place string, statements ...string) {
	t.Helper()
	server, err := pgx.Connect(t.Context(), place)
	if err != nil {
		t.Fatal(err)
	}
	_, err = server.Exec(t.Context(), strings.Join(statements, "; "))
	if err := errors.Join(err, server.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
}

// located is the configuration of an installation with a data folder of its own.
func located(t *testing.T, more ...string) config.Config {
	t.Helper()
	data := filepath.Join(t.TempDir(), "data")
	cfg, err := config.Load(append([]string{
		"DICTUMAL_LISTEN=127.0.0.1:0", "DICTUMAL_DATA_DIR=" + data, "INCUS_SOCKET=" + filepath.Join(data, "no-incus"),
		"DICTUMAL_MAX_MACHINES=9999", "DICTUMAL_MAX_MACHINES_PER_USER=9999",
	}, more...), "")
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// inhabit is the whole program without its workers, until it is left.
func inhabit(t *testing.T, cfg config.Config) (r *realm, leave func()) {
	t.Helper()
	program, err := app.New(t.Context(), cfg, "test", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	r = &realm{Parts: program.Parts(), url: program.URL(), t: t, client: &http.Client{}, people: map[string]dictumal.User{}, stale: map[string]string{}, keyless: map[dictumal.Scope]string{}}
	r.Server.Control.Provider = providertest.NewMemory("test", providertest.Behaviour{})
	served := make(chan error, 1)
	go func() { served <- r.Server.Serve(r.Listener) }()
	return r, func() {
		if err := errors.Join(r.Server.Shutdown(context.WithoutCancel(t.Context())), <-served, program.Close()); err != nil {
			t.Error(err)
		}
	}
}

// told is what people are answered.
func (r *realm) told(paths, cookies []string) map[string]string {
	r.t.Helper()
	answers := map[string]string{}
	for i, cookie := range cookies {
		for _, path := range paths {
			request, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, r.url+path, http.NoBody)
			r.must(err)
			request.AddCookie(&http.Cookie{Name: r.Auth.CookieName(), Value: cookie})
			response, err := r.client.Do(request)
			r.must(err)
			body, err := io.ReadAll(response.Body)
			r.must(errors.Join(err, response.Body.Close()))
			if i == 0 && !strings.HasPrefix(path, "/api/people") && !strings.HasPrefix(path, "/api/audit") && response.StatusCode != http.StatusOK {
				r.t.Errorf("GET %s = %d %s", path, response.StatusCode, body)
			}
			answers[request.URL.Path+" by "+[]string{owner, admin}[i]] = response.Status + "\n" + string(body)
		}
	}
	return answers
}
