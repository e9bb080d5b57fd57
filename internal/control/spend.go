package control

import (
	"context"
	"fmt"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

// Spend is where somebody stands with what may be spent in a calendar month, in USD.
type Spend struct {
	store.Spending
	Cap float64 // 0: none
}

// Private

// spendCaps is what may be spent, with what it takes to add up what is.
func (c *Control) spendCaps(ctx context.Context) (store.SpendCaps, error) {
	if c.SpendPerUser <= 0 && c.SpendTotal <= 0 {
		return store.SpendCaps{}, nil
	}
	catalog, err := c.catalog(ctx)
	if err != nil {
		return store.SpendCaps{}, err
	}
	rates, err := c.rates(ctx, catalog)
	return store.SpendCaps{PerUser: c.SpendPerUser, Total: c.SpendTotal, Rates: rates}, err
}

// rates is what a machine costs that no row owns.
func (c *Control) rates(ctx context.Context, catalog dictumal.Catalog) (store.Rates, error) {
	confirmed, err := c.Store.SweepConfirmed(ctx)
	rates := store.Rates{
		Billing: c.Provider.Traits().Billing, Sizes: make(map[string]float64, len(catalog.Sizes)), Grace: c.Grace, Confirmed: confirmed,
	}
	for _, size := range catalog.Sizes {
		rates.Sizes[size.Slug] = size.PricePerHour
	}
	return rates, wrap("read what is confirmed", err)
}

// spends is where the principal and the installation stand.
func (c *Control) spends(ctx context.Context, p dictumal.Principal, rates store.Rates) (own, all Spend, err error) {
	ours, everybodys, err := c.Store.Spending(ctx, p.User.ID, rates)
	return Spend{ours, c.SpendPerUser}, Spend{everybodys, c.SpendTotal}, wrap("add up what was spent", err)
}

func spendSentence(e *store.SpendError) string {
	may := fmt.Sprintf("This installation may spend $%.2f in a calendar month (DICTUMAL_MAX_SPEND)", e.Cap)
	if e.Own {
		may = fmt.Sprintf("You may spend $%.2f in a calendar month (DICTUMAL_MAX_SPEND_PER_USER)", e.Cap)
	}
	sentence := fmt.Sprintf("%s: $%.2f of it is spent, the machines that are there may cost $%.2f more, and this one up to $%.2f. ",
		may, e.Spent, e.Committed, e.Asked)
	if e.Endless {
		sentence += "One that does not end by itself counts for a whole month. "
	}
	return sentence + "Destroy a machine that is not needed, choose a smaller size or a shorter lifetime, or ask for a higher limit."
}
