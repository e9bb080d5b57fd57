package control

import "github.com/dictumal/dictumal"

// Health is how the provider is doing. One that does not tell is doing well.
func (c *Control) Health(p dictumal.Principal) (dictumal.Health, error) {
	if err := allow(p, dictumal.ScopeRead); err != nil {
		return dictumal.Health{}, err
	}
	if reporter, ok := c.Provider.(dictumal.Reporter); ok {
		return reporter.Health(), nil
	}
	return dictumal.Health{OK: true}, nil
}
