//go:build !race

package crash_test

// usual is how many deployments three replicas look after unless -deployments says otherwise.
const usual = 500
