//go:build !race

package simulation_test

// usual is how many deployments there are unless -deployments says otherwise.
const (
	usual       = 10_000
	usualShared = 500
)
