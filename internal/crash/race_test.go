//go:build race

package crash_test

// usual is small where every access to memory is watched: the replicas' is not, and
// what it slows down is the test.
const usual = 24
