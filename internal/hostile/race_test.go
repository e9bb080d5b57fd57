//go:build race

package hostile_test

// mostGrowth is larger with the race detector, which keeps books on all memory.
const mostGrowth = 640 << 20

// orSlow is how else a viewer's stream may end where the machine takes its time.
const orSlow = "|too slow to carry the desktop"
