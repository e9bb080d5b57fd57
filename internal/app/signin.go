package app

import (
	"cmp"
	"context"
	"net/url"

	"github.com/dictumal/dictumal/internal/auth/oidc"
	"github.com/dictumal/dictumal/internal/config"
	"github.com/dictumal/dictumal/internal/host"
)

// ExamineSignIn looks whether the identity providers of the configuration can be
// used, and says which callback each must know.
func ExamineSignIn(ctx context.Context, cfg config.Config) (found []host.Finding) {
	for _, provider := range identityProviders(cfg, cfg.URL) {
		finding := host.Finding{Name: provider.Label, OK: true, Detail: "answers; register there exactly the callback " + provider.Callback}
		if err := provider.Examine(ctx); err != nil {
			finding.OK, finding.Detail = false, err.Error()
			finding.Fix = "check that this host reaches " + provider.Issuer + "/.well-known/openid-configuration (docs/sign-in.md)"
		}
		found = append(found, finding)
	}
	return found
}

// SignsInByProvider tells whether people come in by an identity provider. Then the
// printed link is the operator's way in alone, and printed when asked for.
func (a *App) SignsInByProvider() bool { return len(a.config.IdentityProviders) > 0 }

// Private

// identityProviders are those of the configuration, for a server with this address.
func identityProviders(cfg config.Config, address *url.URL) (all []*oidc.Provider) {
	for _, p := range cfg.IdentityProviders {
		all = append(all, oidc.New(oidc.Options{
			Name: p.Name, Label: p.Label(), Issuer: cmp.Or(p.Issuer, oidc.Google), ID: p.ID, Secret: p.Secret,
			Callback: address.JoinPath("/api/auth/callback/", p.Name).String(),
		}))
	}
	return all
}
