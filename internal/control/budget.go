package control

import (
	"fmt"
	"time"

	"github.com/dictumal/dictumal"
)

// minLife is the least time for which a budget must pay: a machine that ends while
// it is still being made has cost money for nothing.
const minLife = 10 * time.Minute

// Private

// refuseBudget says that the budget does not pay for more than the making of a machine.
func (c *Control) refuseBudget(budget float64, size dictumal.Size) []dictumal.Fault {
	from := now()
	until, ends := c.Provider.Traits().Billing.Lasts(size.PricePerHour, from, budget)
	if budget <= 0 || !ends || until.Sub(from) > minLife {
		return nil
	}
	return []dictumal.Fault{{Location: "lifetime.budget", Message: fmt.Sprintf(
		"lifetime.budget: $%.2f would be used up after %s, since size %s costs $%.3f an hour; "+
			"choose a smaller size, or grant a larger budget in the constitution.",
		budget, dictumal.Span(until.Sub(from).Truncate(time.Second)), size.Slug, size.PricePerHour)}}
}
