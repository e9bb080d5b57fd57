//go:build mutants

package reconcile

// weakness names the defence that this build does without; empty: none.
type weakness struct{ Without string }

func (w weakness) without(d defence) bool { return w.Without == string(d) }
