//go:build race

package simulation_test

// usual is small where every access to memory is watched: that makes the database
// some forty times slower, and finds races just as well.
const (
	usual       = 200
	usualShared = 60
)
