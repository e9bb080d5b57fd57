package digitalocean

import (
	"cmp"
	"context"
	"errors"
)

// Account names the account that pays for droplets: the team's, where the token is
// a team's.
func (p *Provider) Account(ctx context.Context) (string, error) { return p.payer.get(ctx) }

// Private

func (p *Provider) readPayer(ctx context.Context) (string, error) {
	account, _, err := p.client.Account.Get(ctx)
	if err != nil {
		return "", p.explain("ask whose account it is", "account:read", err)
	}
	if account == nil {
		return "", refusalDown(errors.New("an account with nothing in it"))
	}
	team := ""
	if account.Team != nil {
		team = account.Team.UUID
	}
	return cmp.Or(team, account.UUID), nil
}
