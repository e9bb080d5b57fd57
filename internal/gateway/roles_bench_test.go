//go:build bench

package gateway

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/dictumal/dictumal/internal/gateway/rfb"
	"github.com/dictumal/dictumal/internal/machine"
	"github.com/dictumal/dictumal/internal/memory"
)

// The benchmark's parts are processes of their own, so that each one's CPU and
// memory can be told apart. They are this test's binary in other roles.
const roleVariable = "DICTUMAL_BENCH_ROLE"

// picture is what a machine draws for each viewer of the crowd.
const picture = 1 << 20

func TestMain(m *testing.M) {
	roles := map[string]func([]string) error{"source": playSource, "gateway": playGateway, "viewer": playViewer, "crowd": playCrowd}
	play, ok := roles[os.Getenv(roleVariable)]
	if !ok {
		os.Exit(m.Run())
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // which ends with the benchmark
		os.Exit(0)
	}()
	if err := play(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, os.Getenv(roleVariable)+":", err)
		os.Exit(1)
	}
	select {}
}

// role starts a part and gives what it says.
func role(t *testing.T, name string, args ...string) *bufio.Reader {
	t.Helper()
	output, _ := runRole(t, name, args...)
	return output
}

// startRole starts a part, waits until it is ready, and gives its one line and its process.
func startRole(t *testing.T, name string, args ...string) (string, int) {
	t.Helper()
	output, pid := runRole(t, name, args...)
	line, err := output.ReadString('\n')
	if err != nil {
		t.Fatalf("start the %s: %v", name, err)
	}
	return strings.TrimSpace(line), pid
}

func runRole(t *testing.T, name string, args ...string) (*bufio.Reader, int) {
	t.Helper()
	command := exec.CommandContext(context.WithoutCancel(t.Context()), os.Args[0], args...)
	command.Env = append(os.Environ(), roleVariable+"="+name)
	command.Stderr = os.Stderr
	input, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = input.Close()
		_ = command.Wait()
	})
	return bufio.NewReader(output), command.Process.Pid
}

// playSource is a VNC server that draws: a picture for each viewer who says so,
// and endlessly for the others.
func playSource(args []string) error {
	listener, err := new(net.ListenConfig).Listen(context.Background(), "unix", args[0])
	if err != nil {
		return err
	}
	fmt.Fprintln(os.Stdout, "ready")
	for {
		conn, err := listener.Accept()
		if err != nil {
			return err
		}
		go draw(conn)
	}
}

func draw(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	if rfb.Accept(conn) != nil {
		return
	}
	request := make([]byte, 1+10) // ClientInit and an update request, whose x says how much
	if _, err := io.ReadFull(conn, request); err != nil {
		return
	}
	go func() { _, _ = io.Copy(io.Discard, conn) }()
	if request[2] == drawsBeats {
		beat(conn)
		return
	}
	block := make([]byte, 256<<10)
	for drawn := 0; request[2] == 0 || drawn < picture; drawn += len(block) {
		if _, err := conn.Write(block); err != nil {
			return
		}
	}
	select {}
}

func playGateway(args []string) error {
	key, err := os.ReadFile(args[2])
	if err != nil {
		return err
	}
	gateway := New(machine.NewDialer(slog.New(slog.DiscardHandler)), slog.New(slog.DiscardHandler))
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Fprintln(os.Stdout, listener.Addr())
	go func() { _ = memory.Bound(context.Background()) }() // as the server does
	return http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == statsPath {
			_ = json.NewEncoder(w).Encode(gateway.Stats()) // who asked has gone
			return
		}
		gateway.Serve(w, r, everything(machine.Target{Deployment: r.URL.Path, Address: args[0], HostKey: args[1], ClientKey: key}))
	}))
}

// playViewer takes bytes, moves the pointer meanwhile, and says how long it took.
func playViewer(args []string) error {
	size, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	conn, err := view(args[0], 0)
	if err != nil {
		return err
	}
	go func() {
		for range time.Tick(16 * time.Millisecond) {
			if _, err := conn.Write([]byte{5, 0, 0, 10, 0, 20}); err != nil {
				return
			}
		}
	}()
	start := time.Now()
	buffer := make([]byte, 256<<10)
	for taken := 0; taken < size; {
		n, err := conn.Read(buffer)
		if err != nil {
			return err
		}
		taken += n
	}
	fmt.Fprintln(os.Stdout, time.Since(start).Nanoseconds())
	return nil
}

// playCrowd opens many viewers of a hundred machines, takes one picture for
// each, and stays.
func playCrowd(args []string) error {
	count, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	var group sync.WaitGroup
	failures := make(chan error, count)
	slots := make(chan struct{}, 20)
	for i := range count {
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			conn, err := view(args[0]+strconv.Itoa(i%100), 1)
			if err == nil {
				_, err = io.CopyN(io.Discard, conn, picture)
			}
			if err != nil {
				failures <- err
				return
			}
			go func() { _, _ = io.Copy(io.Discard, conn) }() // which answers pings
		})
	}
	group.Wait()
	if len(failures) > 0 {
		return <-failures
	}
	fmt.Fprintln(os.Stdout, "ready")
	return nil
}

func view(url string, how byte) (net.Conn, error) {
	socket, response, err := websocket.Dial(context.Background(), url, &websocket.DialOptions{Subprotocols: []string{"binary"}})
	if err != nil {
		return nil, err
	}
	if response.Body != nil {
		_ = response.Body.Close()
	}
	socket.SetReadLimit(-1)
	conn := websocket.NetConn(context.Background(), socket, websocket.MessageBinary)
	if err := rfb.Greet(conn); err != nil {
		return nil, err
	}
	if err := rfb.Authenticate(conn, ""); err != nil {
		return nil, err
	}
	_, err = conn.Write([]byte{1, updateRequest, how, 0, 0, 0, 0, 0, 16, 0, 16})
	return conn, err
}

const updateRequest = 3
