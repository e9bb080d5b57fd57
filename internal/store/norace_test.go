//go:build !race

package store_test

// How many lives of an installation are tried, and how much happens in each.
const lives, moments = 8, 500
