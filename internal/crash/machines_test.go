package crash_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

// leaving is how long a droplet takes to go. Who takes an order to remove it for
// its removal is early by that much.
const leaving = 300 * time.Millisecond

// machines stand behind the droplets, in this process: as much of each as the
// control plane sees. They outlive the program, as droplets do.
type machines struct {
	failing bool // their bootstrap

	mu    sync.Mutex
	desks map[int]*desk
}

// Boot makes a machine of what its user-data says.
func (m *machines) Boot(ctx context.Context, droplet oceantest.Droplet) (ip string, err error) {
	var told userData
	if err := json.Unmarshal([]byte(strings.TrimPrefix(droplet.UserData, "#cloud-config\n")), &told); err != nil {
		return "", fmt.Errorf("read the user-data: %w", err)
	}
	for range 20 { // some address is free, whoever else runs these tests
		ip = fmt.Sprintf("127.%d.%d.%d", 1+rand.IntN(254), rand.IntN(256), 1+rand.IntN(254))
		var made *desk
		if made, err = newDesk(ctx, ip, told, m.failing); err != nil {
			continue
		}
		m.mu.Lock()
		defer m.mu.Unlock()
		if m.desks == nil {
			m.desks = map[int]*desk{}
		}
		m.desks[droplet.ID] = made
		return ip, nil
	}
	return "", err
}

// PowerOff is nothing that these tests do.
func (m *machines) PowerOff(context.Context, int) error { return nil }

// PowerOn is nothing that these tests do.
func (m *machines) PowerOn(context.Context, int) error { return nil }

// Destroy ends a machine.
func (m *machines) Destroy(_ context.Context, id int) error {
	time.Sleep(leaving)
	m.mu.Lock()
	defer m.mu.Unlock()
	if d := m.desks[id]; d != nil {
		d.close()
		delete(m.desks, id)
	}
	return nil
}

// userData is the part of cloud-init's language by which a machine is reached.
type userData struct {
	HostKeys struct {
		Private string `json:"ed25519_private"`
	} `json:"ssh_keys"`
	AuthorizedKeys []string `json:"ssh_authorized_keys"`
}
