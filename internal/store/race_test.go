//go:build race

package store_test

// With the race detector SQLite is some forty times slower.
const lives, moments = 2, 60
