//go:build bench

package gateway

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/machine"
	"github.com/dictumal/dictumal/internal/machine/machinetest"
)

const (
	runs    = 5
	carried = 512 << 20 // bytes in one run
)

// TestBenchRelay carries the same bytes from the same sshd to the same viewer,
// by turns through the gateway and through ssh -L and websockify, and prints a
// row of the table in docs/performance.md for each bar.
//
//	go test -tags bench -run TestBenchRelay -v ./internal/gateway
func TestBenchRelay(t *testing.T) {
	host := machinetest.Start(t)
	startRole(t, "source", host.Path(dictumal.VNCSocket))
	ours := startGateway(t, host.Target)
	theirs := startWebsockify(t, host.Target)
	var our, their []sample
	for range runs {
		our = append(our, carry(t, ours))
		their = append(their, carry(t, theirs))
	}
	cpu := func(s sample) float64 { return s.cpu.Seconds() * (1 << 30) / carried }
	speed := func(s sample) float64 { return carried / (1 << 20) / s.took.Seconds() }
	row(t, "native relay, CPU seconds per GiB carried", median(our, cpu), median(their, cpu), "at most 0.85")
	row(t, "native relay, MiB per second", median(our, speed), median(their, speed), "at least 1.25")
}

// TestBenchIdleViewers opens 1,000 viewers of 100 machines, each of which has
// drawn a picture, and measures what they cost when nothing moves.
func TestBenchIdleViewers(t *testing.T) {
	const viewers = 1000
	host := machinetest.Start(t)
	startRole(t, "source", host.Path(dictumal.VNCSocket))
	gateway := startGateway(t, host.Target)
	rest := resident(t, gateway.pids[0])
	start := time.Now()
	startRole(t, "crowd", gateway.url, strconv.Itoa(viewers))
	opened := time.Since(start)
	time.Sleep(5 * time.Second) // a collection, and whatever the viewers still do
	busy := processTime(t, gateway.pids)
	time.Sleep(10 * time.Second)
	busy = processTime(t, gateway.pids) - busy
	more := resident(t, gateway.pids[0]) - rest
	t.Logf("\n| 1,000 open viewers of 100 machines, idle | %.1f MiB more than the %.1f MiB at rest | | | under 128 MiB | `%s` |", mib(more), mib(rest), command(t))
	t.Logf("they were opened in %v, and while idle they cost %.2f %% of one core", opened, busy.Seconds()*10)
}

// path is a way from the machine to a viewer, and the processes that it takes.
type path struct {
	url  string
	pids []int
}

type sample struct{ took, cpu time.Duration }

func carry(t *testing.T, p path) sample {
	t.Helper()
	before := processTime(t, p.pids)
	output := role(t, "viewer", p.url, strconv.Itoa(carried))
	// The viewer stays until it has been measured: a forked child takes its time with it.
	var s sample
	if _, err := fmt.Fscan(output, &s.took); err != nil {
		t.Fatal(err)
	}
	s.cpu = processTime(t, p.pids) - before
	return s
}

func startGateway(t *testing.T, target machine.Target) path {
	t.Helper()
	key := filepath.Join(t.TempDir(), "client_key")
	if err := os.WriteFile(key, target.ClientKey, 0o600); err != nil {
		t.Fatal(err)
	}
	address, pid := startRole(t, "gateway", target.Address, target.HostKey, key)
	return path{url: "ws://" + address + "/", pids: []int{pid}}
}

func startWebsockify(t *testing.T, target machine.Target) path {
	t.Helper()
	for _, program := range []string{"ssh", "websockify"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("There is no %s on this host; install Debian's packages openssh-client and websockify to compare with them.", program)
		}
	}
	folder := t.TempDir()
	for name, content := range map[string]string{"client_key": string(target.ClientKey), "known_hosts": knownHost(t, target)} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, port, err := net.SplitHostPort(target.Address)
	if err != nil {
		t.Fatal(err)
	}
	forward, web := freePort(t), freePort(t)
	ssh := background(t, "ssh", "-F", "none", "-N", "-i", filepath.Join(folder, "client_key"), "-o", "UserKnownHostsFile="+filepath.Join(folder, "known_hosts"),
		"-L", "127.0.0.1:"+forward+":"+dictumal.VNCSocket, "-p", port, "root@127.0.0.1")
	websockify := background(t, "websockify", "127.0.0.1:"+web, "127.0.0.1:"+forward)
	for _, address := range []string{"127.0.0.1:" + forward, "127.0.0.1:" + web} {
		until(t, "the peers answer", func() bool {
			conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
			return err == nil && conn.Close() == nil
		})
	}
	return path{url: "ws://127.0.0.1:" + web + "/", pids: []int{ssh, websockify}}
}

func background(t *testing.T, name string, args ...string) int {
	t.Helper()
	command := exec.CommandContext(context.WithoutCancel(t.Context()), name, args...)
	command.Stderr = os.Stderr
	if testing.Verbose() && name == "websockify" {
		command.Stderr = nil
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})
	return command.Process.Pid
}

func knownHost(t *testing.T, target machine.Target) string {
	t.Helper()
	host, port, err := net.SplitHostPort(target.Address)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("[%s]:%s %s\n", host, port, target.HostKey)
}

func freePort(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// processTime is the CPU time of processes and their children, living and dead.
func processTime(t *testing.T, pids []int) time.Duration {
	t.Helper()
	const tick = 10 * time.Millisecond
	var total time.Duration
	for _, pid := range pids {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			t.Fatal(err)
		}
		fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+2:]))
		for _, field := range fields[11:15] { // utime, stime, and those of children that have ended
			ticks, err := strconv.Atoi(field)
			if err != nil {
				t.Fatal(err)
			}
			total += time.Duration(ticks) * tick
		}
		total += processTime(t, children(pid))
	}
	return total
}

func children(pid int) []int {
	var found []int
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, task := range tasks {
		list, _ := os.ReadFile(task)
		for field := range strings.FieldsSeq(string(list)) {
			child, _ := strconv.Atoi(field)
			found = append(found, child)
		}
	}
	return found
}

func resident(t *testing.T, pid int) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	var kb int
	if _, err := fmt.Sscan(rest, &kb); err != nil {
		t.Fatal(err)
	}
	return kb << 10
}

func median(samples []sample, of func(sample) float64) float64 {
	values := make([]float64, 0, len(samples))
	for _, s := range samples {
		values = append(values, of(s))
	}
	slices.Sort(values)
	return values[len(values)/2]
}

func row(t *testing.T, what string, ours, theirs float64, bar string) {
	t.Helper()
	t.Logf("\n| %s | %.2f | %.2f | %.2f | %s | `%s` |", what, ours, theirs, ours/theirs, bar, command(t))
}

func command(t *testing.T) string {
	t.Helper()
	return fmt.Sprintf("go test -tags bench -run %s -v ./internal/gateway, %d CPUs", t.Name(), runtime.NumCPU())
}

func mib(bytes int) float64 { return float64(bytes) / (1 << 20) }
