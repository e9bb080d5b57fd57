//go:build crash

package digitalocean

import "time"

// What is measured out in a build that goes through the same waits much faster.
const (
	orderTime = 500 * time.Millisecond
	maxBurst  = 24_000
	maxSpent  = 400_000
)
