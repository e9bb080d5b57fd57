package control

import "github.com/dictumal/dictumal"

// Health is how the provider is doing. One that does not tell is doing well.
func (c *Control) Health() dictumal.Health {
	if reporter, ok := c.Provider.(dictumal.Reporter); ok {
		return reporter.Health()
	}
	return dictumal.Health{OK: true}
}
