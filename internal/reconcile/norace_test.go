//go:build !race

package reconcile_test

// storm is how many deployments go through a storm unless -deployments says otherwise.
const storm = 100
