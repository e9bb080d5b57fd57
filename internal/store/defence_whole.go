//go:build !mutants

package store

// weakness is none: what people run has all of its defences.
type weakness struct{}

func (weakness) without(defence) bool { return false }
