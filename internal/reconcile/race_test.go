//go:build race

package reconcile_test

// storm is small where every access to memory is watched: that makes the database
// twenty times slower, and finds races just as well.
const storm = 12
