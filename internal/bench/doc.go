// Package bench measures the whole program beside its peers, for make bench. Every
// time is a ratio to something that was measured by turns with it, on the same host:
//
//	go test -tags bench -count=1 -run '^TestBenchDeploy$' -v ./internal/bench
//
// Each measurement prints a row, and remarks on where its time goes; the program
// report makes docs/performance.md of them. How the relay compares is measured
// beside it, in internal/gateway.
package bench
