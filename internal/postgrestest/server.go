// Package postgrestest runs PostgreSQL servers for tests: real ones, of the binaries
// that the distribution's package postgresql installs. [Database] is on a server that
// all tests of a process share. [Start] makes one of a test's own, which may be
// restarted, killed, and replaced by its standby.
package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Server is a server and its files.
type Server struct {
	bin    string
	folder string
	port   string // on loopback; empty: it listens on a socket in its folder only
	owner  *syscall.Credential
	life   *life
}

// Start starts a server of the test's own on a port of loopback. It ends with the test,
// or with its process.
func Start(tb testing.TB) *Server {
	tb.Helper()
	s, err := serve(freePort(tb))
	needed(tb, err)
	tb.Cleanup(s.life.end)
	return s
}

// URL is where a database of the server is, and of those that are to be tried after it.
func (s *Server) URL(database string, others ...*Server) string {
	if s.port == "" {
		return "postgres:///" + database + "?host=" + url.QueryEscape(s.folder) + "&user=postgres&sslmode=disable"
	}
	hosts := []string{s.address()}
	for _, other := range others {
		hosts = append(hosts, other.address())
	}
	return "postgres://postgres:" + Password + "@" + strings.Join(hosts, ",") + "/" + database + "?sslmode=disable"
}

// Password is what a server wants to hear from whoever comes by its port.
const Password = "not-to-be-logged"

// Do runs a statement in the server's own database.
func (s *Server) Do(tb testing.TB, statement string) {
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

// Private

// serve starts a new server, on a port where there is one.
func serve(port string) (*Server, error) {
	s, err := newServer(port)
	if err != nil {
		return nil, err
	}
	err = s.initialize()
	if err == nil {
		err = s.start()
	}
	if err != nil {
		s.life.end()
		return nil, err
	}
	return s, nil
}

// newServer makes the folder of a server, and has both go when this process ends.
func newServer(port string) (*Server, error) {
	s := &Server{port: port}
	var err error
	if s.bin, err = binaries(); err != nil {
		return nil, err
	}
	if s.owner, err = owner(); err != nil {
		return nil, err
	}
	if s.folder, err = os.MkdirTemp("", "dictumal-postgres-"); err != nil {
		return nil, err
	}
	if s.owner != nil {
		err = os.Chown(s.folder, int(s.owner.Uid), int(s.owner.Gid))
	}
	if err == nil {
		s.life, err = s.live()
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.folder))
	}
	return s, nil
}

func (s *Server) initialize() error {
	password := filepath.Join(s.folder, "password")
	if err := os.WriteFile(password, []byte(Password), 0o644); err != nil { //nolint:gosec // the server's user reads it, in a folder of its own
		return err
	}
	err := s.run("initdb", "-D", s.data(), "-U", "postgres", "--auth-local=trust", "--auth-host=scram-sha-256",
		"--pwfile="+password, "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8")
	if err != nil {
		return err
	}
	// What a test loses in a power cut is of no use to anybody.
	return s.set("fsync = off\nfull_page_writes = off\nmax_connections = 200\nshared_buffers = 64MB\n")
}

// set adds settings to those of the server: where it is, and more.
func (s *Server) set(more string) error {
	file, err := os.OpenFile(filepath.Join(s.data(), "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	where := "listen_addresses = ''\n"
	if s.port != "" {
		where = "listen_addresses = '127.0.0.1'\nport = " + s.port + "\n"
	}
	_, err = fmt.Fprintf(file, "\n%sunix_socket_directories = '%s'\n%s", where, s.folder, more)
	return errors.Join(err, file.Close())
}

func (s *Server) data() string    { return filepath.Join(s.folder, "data") }
func (s *Server) address() string { return net.JoinHostPort("127.0.0.1", s.port) }

func (s *Server) start() error {
	log := filepath.Join(s.folder, "log")
	err := s.run("pg_ctl", "-D", s.data(), "-l", log, "-w", "start")
	if err != nil {
		text, _ := os.ReadFile(log) //nolint:gosec // the log of a server that this test has made
		err = fmt.Errorf("%w: %s", err, text)
	}
	return err
}

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

// freePort is a port of loopback that nobody listens on.
func freePort(tb testing.TB) string {
	tb.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it is over at once
	if err != nil {
		tb.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	if err := listener.Close(); err != nil {
		tb.Fatal(err)
	}
	return port
}
