// Package simulation puts the real runner, reconciler, sweeper and rows against a
// cloud that fails in every way it can, in virtual time, while processes are
// killed at any step, and checks at every event that nothing is lost, nothing is
// made twice and nothing is left running.
//
// What goes wrong is decided by a hash of the seed, the object and how often that
// was asked for: a seed goes the same way again however goroutines run. A [Ledger]
// knows what there really is and what the rows say of it, and holds the ten
// [Invariant]s against both.
package simulation
