//go:build bench

package bench

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dictumal/dictumal/internal/auth"
	"github.com/dictumal/dictumal/internal/client"
)

const (
	viewers = 5000
	each    = 50 // of one person, who may have 64
)

// TestBenchViewers measures how long an event takes from its cause until the last of
// many viewers of a deployment, each with a token of its own, has it, beside a handler that writes the same bytes to
// as many, and how much memory the server takes for them.
func TestBenchViewers(t *testing.T) {
	world, data := newWorld(t), t.TempDir()
	server := world.serve(t, data)
	token, err := server.local.CreateToken(t.Context(), client.TokenOrder{})
	if err != nil {
		t.Fatal(err)
	}
	id := standing(t, data, server.keep(t, example(t, "welcome.md")).ConstitutionID)
	alone := resident(t, server.pid, "VmRSS")
	ours := gather(t, strings.TrimPrefix(server.url, "http://"), "/api/deployments/"+id+"/events", programs(t, data))
	frame := filepath.Join(t.TempDir(), "frame")
	note := fmt.Sprintf("id: 12345\nevent: note\ndata: {\"deployment\":%q,\"at\":%q,\"text\":\"Launched by local@localhost.\"}\n\n", id, time.Now().UTC().Format(time.RFC3339Nano))
	if err := os.WriteFile(frame, []byte(note), 0o600); err != nil {
		t.Fatal(err)
	}
	bare := bareProcess(t, "bare-broadcast", frame)
	theirs := gather(t, bare, "/", make([]string, viewers))
	our, their := alternate(t, 9,
		func() time.Duration {
			return ours.reach(t, server.url+"/api/deployments/"+id+"/launch", token, http.StatusFound)
		},
		func() time.Duration { return theirs.reach(t, "http://"+bare+"/send", "", http.StatusOK) })
	row(t, fmt.Sprintf("an event until the last of %d viewers has it; bare: `net/http` that writes the same bytes to as many", viewers), our, their, "at most 3")
	plainRow(t, fmt.Sprintf("memory with %d viewers, resident", viewers), mebibytes(resident(t, server.pid, "VmRSS")), "under 256 MiB")
	remark(t, "%s before they came, at most %s meanwhile", mebibytes(alone), mebibytes(resident(t, server.pid, "VmHWM")))
}

// crowd is as many connections that are sent events.
type crowd struct {
	missing atomic.Int64
	all     chan struct{}
}

// programs makes a token for each viewer, of people who may see everything.
func programs(t *testing.T, data string) []string {
	t.Helper()
	tokens := make([]string, viewers)
	change(t, data, func(run func(query string, args ...any)) {
		for i := range tokens {
			person := fmt.Sprint("person", i/each)
			if i%each == 0 {
				run(`INSERT INTO account (id, issuer, subject, email, name, admin, created_at) VALUES ($1, 'local', $1, $1, $1, TRUE, 0)`, person)
			}
			tokens[i] = auth.TokenPrefix + rand.Text()
			sum := sha256.Sum256([]byte(tokens[i]))
			run(`INSERT INTO api_token (id, hash, account_id, name, created_at, expires_at, used_at)
				VALUES ($1, $2, $3, 'viewer', 0, $4, 0)`, fmt.Sprint("viewer", i), hex.EncodeToString(sum[:]), person, time.Now().Add(time.Hour).UnixMicro())
		}
	})
	return tokens
}

// gather connects a viewer with each token, and returns when each has been answered.
func gather(t *testing.T, address, path string, tokens []string) *crowd {
	t.Helper()
	c := &crowd{all: make(chan struct{})}
	waiting := make(chan struct{}, 32) // at a time
	var answered sync.WaitGroup
	for _, token := range tokens {
		request := "GET " + path + " HTTP/1.1\r\nHost: " + address + "\r\nAccept: text/event-stream\r\n"
		if token != "" {
			request += "Authorization: Bearer " + token + "\r\n"
		}
		waiting <- struct{}{}
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		if _, err := conn.Write([]byte(request + "\r\n")); err != nil {
			t.Fatal(err)
		}
		answered.Add(1)
		go c.watch(conn, func() { <-waiting; answered.Done() })
	}
	answered.Wait()
	return c
}

// watch counts the events on a connection, after the header of the answer.
func (c *crowd) watch(conn net.Conn, answered func()) {
	lines := bufio.NewReaderSize(conn, 1024)
	header := true
	for {
		line, err := lines.ReadSlice('\n')
		if err != nil {
			return
		}
		if header && len(line) == 2 {
			header = false
			answered()
		}
		if bytes.HasPrefix(line, []byte("event: note")) && c.missing.Add(-1) == 0 {
			c.all <- struct{}{}
		}
	}
}

// reach asks for what causes an event, and waits until all viewers have it.
func (c *crowd) reach(t *testing.T, cause, token string, want int) time.Duration {
	t.Helper()
	time.Sleep(300 * time.Millisecond) // what the event before has left to do
	c.missing.Store(viewers)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	begun := time.Now()
	if err := launchOnce(context.WithoutCancel(t.Context()), client, cause, token, want); err != nil {
		t.Fatal(err)
	}
	select {
	case <-c.all:
	case <-time.After(time.Minute):
		t.Fatalf("%d viewers have not heard of it", c.missing.Load())
	}
	return time.Since(begun)
}

// broadcastBare sends the bytes of a file to everyone who is connected whenever it is
// asked to.
func broadcastBare(address, file string) error {
	frame, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var mu sync.Mutex
	var all []chan struct{}
	mux := http.NewServeMux()
	mux.HandleFunc("/send", func(http.ResponseWriter, *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		for _, one := range all {
			one <- struct{}{}
		}
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		told, control := make(chan struct{}, 1), http.NewResponseController(w)
		mu.Lock()
		all = append(all, told)
		mu.Unlock()
		w.Header().Set("Content-Type", "text/event-stream")
		err := control.Flush()
		for err == nil {
			select {
			case <-r.Context().Done():
				return
			case <-told:
				if _, err = w.Write(frame); err == nil {
					err = control.Flush()
				}
			}
		}
	})
	return http.ListenAndServe(address, mux)
}
