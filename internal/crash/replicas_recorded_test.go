package crash_test

import (
	"context"
	"encoding/json"
	"strings"
	"sync"

	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

// recorded are machines of which it is known for which deployment each was made: every
// deployment has a key of its own, whatever its machines are called.
type recorded struct {
	machines

	mu   sync.Mutex
	keys map[int]string // public ones, by droplet
}

// Boot makes a machine.
func (r *recorded) Boot(ctx context.Context, droplet oceantest.Droplet) (ip string, err error) {
	var told userData
	if err := json.Unmarshal([]byte(strings.TrimPrefix(droplet.UserData, "#cloud-config\n")), &told); err == nil && len(told.AuthorizedKeys) == 1 {
		r.mu.Lock()
		r.keys[droplet.ID] = told.AuthorizedKeys[0]
		r.mu.Unlock()
	}
	return r.machines.Boot(ctx, droplet)
}

// of lists the droplets that were made for each key.
func (r *recorded) of() map[string][]int {
	r.mu.Lock()
	defer r.mu.Unlock()
	made := map[string][]int{}
	for droplet, key := range r.keys {
		made[trimKey(key)] = append(made[trimKey(key)], droplet)
	}
	return made
}

// trimKey is a key without its comment.
func trimKey(key string) string {
	fields := strings.Fields(key)
	return strings.Join(fields[:min(2, len(fields))], " ")
}
