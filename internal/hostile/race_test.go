//go:build race

package hostile_test

// mostGrowth is larger with the race detector, which keeps books on all memory.
const mostGrowth = 640 << 20
