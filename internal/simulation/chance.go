package simulation

import (
	"strconv"
	"sync"
	"time"
)

// chance decides everything that is left to it by a hash of the seed, the object
// and, where the same is asked again, how often. No draw depends on another one.
type chance struct {
	seed  uint64
	mu    sync.Mutex
	asked map[string]int
}

func newChance(seed uint64) *chance { return &chance{seed: seed, asked: map[string]int{}} }

// Private

// of is a number from 0 up to 1 that belongs to an object.
func (c *chance) of(object string) float64 {
	x := uint64(14695981039346656037) ^ c.seed*0x9e3779b97f4a7c15
	for i := range len(object) {
		x = (x ^ uint64(object[i])) * 1099511628211
	}
	x ^= x >> 33 // FNV alone hardly changes the upper bits for a last digit
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	x ^= x >> 33
	return float64(x>>11) / (1 << 53)
}

// next is the object's number for this time.
func (c *chance) next(object string) float64 {
	c.mu.Lock()
	c.asked[object]++
	count := c.asked[object]
	c.mu.Unlock()
	return c.of(object + "#" + strconv.Itoa(count))
}

// between is a duration that belongs to an object.
func (c *chance) between(object string, from, to time.Duration) time.Duration {
	return from + time.Duration(c.of(object)*float64(to-from))
}
