package rekey

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/dictumal/dictumal/internal/secret"
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
}

// Status is how things stand with the keys, the newest one first.
type Status struct {
	Keys []Key `json:"keys"`
}

// Status counts the values of each key.
func (r *Rekeyer) Status(ctx context.Context) (Status, error) {
	return Count(ctx, r.Store, r.Sealer)
}

// Counter counts sealed values by how they begin.
type Counter interface {
	SealedCounts(ctx context.Context, letters int) (map[string]int, error)
}

// Count tells how things stand with the values in a database.
func Count(ctx context.Context, values Counter, sealer *secret.Sealer) (Status, error) {
	counts, err := values.SealedCounts(ctx, len(secret.Head(sealer.KeyID())))
	if err != nil {
		return Status{}, err
	}
	keys := []Key{{ID: sealer.KeyID(), Standing: Newest}}
	for _, id := range sealer.Former() {
		keys = append(keys, Key{ID: id, Standing: Former})
	}
	for i := range keys {
		keys[i].Values = counts[secret.Head(keys[i].ID)]
		delete(counts, secret.Head(keys[i].ID))
	}
	known := len(keys)
	for head, values := range counts {
		keys = append(keys, Key{ID: secret.KeyOf(head), Standing: Missing, Values: values})
	}
	slices.SortFunc(keys[known:], func(a, b Key) int { return strings.Compare(a.ID, b.ID) })
	return Status{Keys: keys}, nil
}

// Warning says what does not open and what to do; empty where everything opens.
func (s Status) Warning() string {
	values := 0
	var ids []string
	for _, key := range s.Keys {
		if key.Standing == Missing {
			values += key.Values
			ids = append(ids, key.ID)
		}
	}
	if values == 0 {
		return ""
	}
	return fmt.Sprintf("%d sealed values in the database were sealed with another secret (key %s) and do not open, so their desktops cannot be reached; "+
		"set AUTH_SECRET_PREVIOUS to the secret that belongs to them, as after restoring a backup, and start the server anew.",
		values, strings.Join(ids, ", "))
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
