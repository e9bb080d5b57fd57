// Package postgrestest runs PostgreSQL servers for tests: real ones, of the binaries
// that the distribution's package postgresql installs.
package postgrestest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Database makes an empty database on the server of this test process, and returns its
// URL. It is gone with the test. Where there is no PostgreSQL the test is skipped.
func Database(tb testing.TB) string {
	tb.Helper()
	server, err := shared()
	if errors.Is(err, errMissing) {
		tb.Skip("Tests on PostgreSQL need its binaries (Debian: postgresql).")
	}
	if err != nil {
		tb.Fatal(err)
	}
	name := "test_" + strings.ToLower(rand.Text()[:12])
	server.do(tb, "CREATE DATABASE "+name)
	tb.Cleanup(func() { server.do(tb, "DROP DATABASE "+name+" WITH (FORCE)") })
	return server.URL(name)
}

// Server is a running server.
type Server struct {
	bin    string
	folder string
	owner  *syscall.Credential // whom the server runs as; nil: whoever runs the test
}

// URL is where a database of the server is.
func (s *Server) URL(database string) string {
	u := url.URL{Scheme: "postgres", Path: "/" + database}
	u.RawQuery = url.Values{"host": {s.folder}, "user": {"postgres"}, "sslmode": {"disable"}}.Encode()
	return u.String()
}

// Private

var errMissing = errors.New("PostgreSQL is not installed")

// shared is started once for all tests of this process, and ends with it.
var shared = sync.OnceValues(func() (*Server, error) {
	folder, err := os.MkdirTemp("", "dictumal-postgres-")
	if err != nil {
		return nil, err
	}
	s, err := prepare(folder)
	if err == nil {
		err = s.start()
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	return s, s.endWithUs()
})

// prepare makes the files of a new server in a folder.
func prepare(folder string) (*Server, error) {
	s := &Server{folder: folder}
	var err error
	if s.bin, err = binaries(); err != nil {
		return nil, err
	}
	if os.Getuid() == 0 { // PostgreSQL refuses to run as root
		if s.owner, err = credential("postgres"); err != nil {
			return nil, err
		}
		if err := os.Chown(folder, int(s.owner.Uid), int(s.owner.Gid)); err != nil {
			return nil, err
		}
	}
	if err := s.run("initdb", "-D", s.data(), "-U", "postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"); err != nil {
		return nil, err
	}
	settings, err := os.OpenFile(filepath.Join(s.data(), "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	// What a test loses in a power cut is of no use to anybody.
	_, err = fmt.Fprintf(settings, "\nlisten_addresses = ''\nunix_socket_directories = '%s'\nfsync = off\n"+
		"full_page_writes = off\nmax_connections = 200\nshared_buffers = 64MB\n", folder)
	return s, errors.Join(err, settings.Close())
}

func (s *Server) data() string { return filepath.Join(s.folder, "data") }

func (s *Server) start() error {
	return s.run("pg_ctl", "-D", s.data(), "-l", filepath.Join(s.folder, "log"), "-w", "start")
}

// endWithUs has the server end and its files go when this process ends, however it ends.
func (s *Server) endWithUs() error {
	const script = `read -r _; "$0" -D "$1/data" -m immediate stop; rm -rf "$1"`
	theirs, ours, err := os.Pipe()
	if err != nil {
		return err
	}
	watch := s.command("/bin/sh", "-c", script, filepath.Join(s.bin, "pg_ctl"), s.folder)
	watch.Stdin = theirs
	err = errors.Join(watch.Start(), theirs.Close())
	keepOpen(ours)
	return err
}

// open is what stays open for as long as this process runs.
var open []*os.File

func keepOpen(file *os.File) { open = append(open, file) }

// run runs one of PostgreSQL's programs to its end.
func (s *Server) run(program string, arguments ...string) error {
	said, err := os.CreateTemp("", "postgres-said-")
	if err != nil {
		return err
	}
	defer func() { _ = errors.Join(said.Close(), os.Remove(said.Name())) }()
	command := s.command(filepath.Join(s.bin, program), arguments...)
	command.Stdout, command.Stderr = said, said // a file: a pipe would be held by the server
	if err := command.Run(); err != nil {
		text, _ := os.ReadFile(said.Name())
		return fmt.Errorf("%s: %w: %s", program, err, text)
	}
	return nil
}

func (s *Server) command(program string, arguments ...string) *exec.Cmd {
	command := exec.Command(program, arguments...) //nolint:gosec,noctx // programs of the test's own choosing, that outlive a test
	command.Dir = s.folder
	command.SysProcAttr = &syscall.SysProcAttr{Credential: s.owner, Setsid: true}
	return command
}

// do runs a statement in the server's own database.
func (s *Server) do(tb testing.TB, statement string) {
	tb.Helper()
	ctx := context.WithoutCancel(tb.Context())
	connection, err := pgx.Connect(ctx, s.URL("postgres"))
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = connection.Close(ctx) }()
	if _, err := connection.Exec(ctx, statement); err != nil {
		tb.Fatalf("%s: %v", statement, err)
	}
}

// binaries is the folder of the newest version that is installed.
func binaries() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if err != nil || len(found) == 0 {
		return "", errors.Join(errMissing, err)
	}
	return filepath.Dir(found[len(found)-1]), nil
}

func credential(name string) (*syscall.Credential, error) {
	account, err := user.Lookup(name)
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(account.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(account.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, err
}
