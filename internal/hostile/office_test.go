package hostile_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
	"github.com/dictumal/dictumal/internal/hostile"
)

// office is a control plane in a process of its own, seen from a test.
type office struct {
	t       *testing.T
	address string
	pid     int
	said    *paper
	client  *http.Client
}

func openOffice(t *testing.T) *office {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	server := exec.CommandContext(context.WithoutCancel(t.Context()), program)
	server.Env = append(os.Environ(), planeVariable+"=yes")
	o := &office{t: t, said: &paper{}, client: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}}
	server.Stderr = o.said
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait() // it was killed
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	o.address, o.pid = strings.TrimSpace(line), server.Process.Pid
	return o
}

// meet makes a machine known, and gives its number.
func (o *office) meet(at hostile.Address) string {
	o.t.Helper()
	body, err := json.Marshal(at)
	if err != nil {
		o.t.Fatal(err)
	}
	return o.ask(http.MethodPost, "/machines", bytes.NewReader(body))
}

func (o *office) ask(method, path string, body io.Reader) string {
	o.t.Helper()
	request, err := http.NewRequestWithContext(o.t.Context(), method, "http://"+o.address+path, body)
	if err != nil {
		o.t.Fatal(err)
	}
	response, err := o.client.Do(request)
	if err != nil {
		o.t.Fatalf("%v; it said %s", err, o.said)
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		o.t.Fatalf("%s, %v: %s", response.Status, err, answer)
	}
	return string(answer)
}

// join opens a desktop as far as the viewer's own part.
func (o *office) join(number string) (*websocket.Conn, error) {
	viewer, response, err := websocket.Dial(o.t.Context(), "ws://"+o.address+"/desktop/"+number, nil)
	if err != nil {
		return nil, err
	}
	if response.Body != nil {
		_ = response.Body.Close()
	}
	viewer.SetReadLimit(-1)
	o.t.Cleanup(func() { _ = viewer.CloseNow() })
	conn := websocket.NetConn(o.t.Context(), viewer, websocket.MessageBinary)
	if err := rfb.Greet(conn); err != nil {
		return viewer, err
	}
	if err := rfb.Authenticate(conn, ""); err != nil {
		return viewer, err
	}
	_, err = conn.Write([]byte{1})
	return viewer, err
}

// goroutines is how many there are, after a collection.
func (o *office) goroutines() int {
	o.t.Helper()
	n, err := strconv.Atoi(o.ask(http.MethodGet, "/rest", nil))
	if err != nil {
		o.t.Fatal(err)
	}
	return n
}

// resident gives what of the process is in memory, and the most that ever was since
// the peak was forgotten.
func (o *office) resident() (now, peak int) {
	o.t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", o.pid))
	if err != nil {
		o.t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		_, _ = fmt.Sscanf(line, "VmRSS: %d kB", &now)
		_, _ = fmt.Sscanf(line, "VmHWM: %d kB", &peak)
	}
	if now == 0 || peak == 0 {
		o.t.Fatal("the kernel does not say how much memory a process has")
	}
	return now << 10, peak << 10
}

// forgetPeak lets the next peak begin with what there is now.
func (o *office) forgetPeak() {
	o.t.Helper()
	if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", o.pid), []byte("5"), 0); err != nil {
		o.t.Fatal(err)
	}
}

// ending is what a viewer was told at the end.
func ending(err error) string {
	if closed, ok := errors.AsType[websocket.CloseError](err); ok {
		return fmt.Sprintf("%d %s", closed.Code, closed.Reason)
	}
	return err.Error()
}

// paper is what a process writes while others read.
type paper struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (p *paper) Write(b []byte) (int, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.text.Write(b)
}

func (p *paper) String() string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.text.String()
}

func until(t *testing.T, what string, condition func() bool) {
	t.Helper()
	if !comes(condition) {
		t.Fatalf("waited in vain until %s", what)
	}
}

// comes waits for a condition, for so long that it is in vain.
func comes(condition func() bool) bool {
	for deadline := time.Now().Add(20 * time.Second); !condition(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			return false
		}
	}
	return true
}
