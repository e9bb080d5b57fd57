//go:build verify

package e2e

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
)

// crowd are people who order desktops and give some of them up again, all the time, at
// a pace for which DigitalOcean allows the calls.
type crowd struct {
	lab  *lab
	over context.CancelFunc
	gone sync.WaitGroup
	each []chan string // the last that one of them has ordered, once it is given up

	mu     sync.Mutex
	asked  int
	failed int
	longer time.Duration
	orders []string        // ids
	kept   map[string]bool // ids
}

func (l *lab) crowd(size int) *crowd {
	ctx, cancel := context.WithCancel(l.t.Context())
	c := &crowd{lab: l, over: cancel, kept: map[string]bool{}}
	for range size {
		last := make(chan string)
		c.each = append(c.each, last)
		c.gone.Go(func() { c.live(ctx, last) })
	}
	l.t.Cleanup(c.leave)
	return c
}

// next waits until each has ordered another desktop, and gives the last of them.
func (c *crowd) next(t *testing.T) (last string) {
	t.Helper()
	for range 2 { // the first may have been ordered before
		for _, one := range c.each {
			select {
			case last = <-one:
			case <-time.After(patience):
				t.Fatal("nobody gets anything done")
			}
		}
	}
	return last
}

func (c *crowd) leave() {
	c.over()
	c.gone.Wait()
}

func (c *crowd) worst() (asked, failed int, longest time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.asked, c.failed, c.longer
}

func (c *crowd) ordered() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.orders
}

// owned are the machines of all that was ordered, and whether each is to be there. It is
// settled when all that were not given up have theirs.
func (c *crowd) owned() (machines map[string]bool, settled bool) {
	machines, settled = map[string]bool{}, true
	for _, id := range c.ordered() {
		var d desktop
		err := c.lab.ask(c.lab.t.Context(), http.MethodGet, "/api/deployments/"+id, "", "", &d)
		if err != nil || c.kept[id] != (d.Status == dictumal.Configuring) {
			settled = false
		}
		if d.Machine != "" {
			machines[d.Machine] = c.kept[id]
		}
	}
	return machines, settled
}

// Private

type desktop struct {
	ID      string          `json:"id"`
	Status  dictumal.Status `json:"status"`
	Machine string          `json:"machine"`
}

// live orders a desktop, asks for it again as who had no answer does, looks at it, and
// gives each fifth up.
func (c *crowd) live(ctx context.Context, last chan<- string) {
	pace := time.NewTicker(3 * time.Second)
	defer pace.Stop()
	for round := 1; ctx.Err() == nil; round++ {
		order, key := fmt.Sprintf(`{"constitutionId":%q,"stream":"native"}`, c.lab.law), rand.Text()
		var first, again, seen desktop
		c.insist(ctx, http.MethodPost, "/api/deployments", key, order, &first)
		c.insist(ctx, http.MethodPost, "/api/deployments", key, order, &again)
		c.insist(ctx, http.MethodGet, "/api/deployments/"+first.ID, "", "", &seen)
		if ctx.Err() == nil && (again.ID != first.ID || seen.ID != first.ID) {
			c.lab.t.Errorf("one order gave %s, then %s, then %s", first.ID, again.ID, seen.ID)
		}
		kept := round%5 != 0
		c.note(first.ID, kept)
		if !kept {
			c.insist(ctx, http.MethodDelete, "/api/deployments/"+first.ID, "", "", &seen)
		}
		select {
		case <-ctx.Done():
		case last <- first.ID:
			<-pace.C
		case <-pace.C: // nobody waits for it
		}
	}
}

func (c *crowd) note(id string, kept bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if id != "" {
		c.orders = append(c.orders, id)
		c.kept[id] = kept
	}
}

// insist repeats a request until it is answered.
func (c *crowd) insist(ctx context.Context, method, path, key, body string, out any) {
	begun, failed := time.Now(), 0
	for ctx.Err() == nil {
		err := c.lab.ask(ctx, method, path, key, body, out)
		if err == nil {
			break
		}
		if failed++; failed == 1 {
			begun = time.Now()
		}
		if time.Since(begun) > patience {
			c.lab.t.Error(err)
			return
		}
		pause(ctx)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked++
	if failed > 0 && ctx.Err() == nil {
		c.failed++
		c.longer = max(c.longer, time.Since(begun))
	}
}

// write saves a document to order desktops from.
func (l *lab) write() string {
	l.t.Helper()
	var law struct {
		ID string `json:"id"`
	}
	l.until("Caddy letting somebody through", func() bool {
		return l.ask(l.t.Context(), http.MethodPost, "/api/constitutions", "", `{"document":"# A desk\n"}`, &law) == nil
	})
	return law.ID
}

// ask sends one request through Caddy.
func (l *lab) ask(ctx context.Context, method, path, key, body string, out any) error {
	ctx, cancel := context.WithTimeout(ctx, cure)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, labOrigin+path, bytes.NewBufferString(body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+l.token)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		request.Header.Set("Idempotency-Key", key)
	}
	answer, err := l.http.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("%s %s answers %s: %s", method, path, answer.Status, text)
	}
	return json.Unmarshal(text, out)
}
