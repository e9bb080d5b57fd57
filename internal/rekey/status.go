package rekey

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dictumal/dictumal/internal/secret"
	"github.com/dictumal/dictumal/internal/store"
)

// Standing is what a key is good for.
type Standing string

// The standings.
const (
	Newest  Standing = "newest"  // seals and opens
	Former  Standing = "former"  // opens; its values are being sealed anew
	Missing Standing = "missing" // has values and is not at hand: they do not open
)

// Key is a key, and how many values are sealed with it.
type Key struct {
	ID       string   `json:"id"`
	Standing Standing `json:"standing"`
	Values   int      `json:"values"`

	rows int // of the values those that somebody misses where they do not open
}

// Status is how things stand with the keys, the newest one first.
type Status struct {
	Keys []Key `json:"keys"`
}

// Status counts the values of each key.
func (r *Rekeyer) Status(ctx context.Context) (Status, error) {
	return Count(ctx, r.Store, r.Sealer)
}

// Count tells how things stand with the values in a database.
func Count(ctx context.Context, rows *store.Store, sealer *secret.Sealer) (Status, error) {
	counts, err := rows.SealedCounts(ctx, len(secret.Head(sealer.KeyID())))
	if err != nil {
		return Status{}, err
	}
	key := func(id string, standing Standing) Key {
		count := counts[secret.Head(id)]
		delete(counts, secret.Head(id))
		return Key{ID: id, Standing: standing, Values: count.Rows + count.Settings, rows: count.Rows}
	}
	keys := []Key{key(sealer.KeyID(), Newest)}
	for _, id := range sealer.Former() {
		keys = append(keys, key(id, Former))
	}
	for _, head := range slices.Sorted(maps.Keys(counts)) {
		keys = append(keys, key(secret.KeyOf(head), Missing))
	}
	return Status{Keys: keys}, nil
}

// Warning says what does not open and what to do; empty where everything opens.
func (s Status) Warning() string {
	var ids []string
	for _, key := range s.Keys {
		if key.Standing == Missing && key.rows > 0 {
			ids = append(ids, key.ID)
		}
	}
	if len(ids) == 0 {
		return ""
	}
	return fmt.Sprintf("Keys to machines in the database were sealed with another secret (key %s) and do not open, so those desktops cannot be reached; "+
		"set AUTH_SECRET_PREVIOUS to the secret that belongs to them, as after restoring a backup, and start the server anew.",
		strings.Join(ids, ", "))
}

// Private

// values counts what is sealed with keys of a standing.
func (s Status) values(standing Standing) int {
	values := 0
	for _, key := range s.Keys {
		if key.Standing == standing {
			values += key.Values
		}
	}
	return values
}

// warn says at the start what does not open.
func (r *Rekeyer) warn(ctx context.Context) {
	status, err := r.Status(ctx)
	if err != nil && ctx.Err() == nil {
		r.Log.ErrorContext(ctx, "What is sealed cannot be counted.", "error", err)
	}
	if warning := status.Warning(); warning != "" {
		r.Log.WarnContext(ctx, warning)
	}
}
