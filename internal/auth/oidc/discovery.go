package oidc

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"
)

// How long what a provider says of itself is good for, and how long a failure to
// say it: who comes meanwhile hears of it at once instead of waiting, too.
const (
	freshFor  = time.Hour
	failedFor = 5 * time.Second
)

// discovery remembers what a provider says of itself.
type discovery struct {
	flight singleflight.Group
	mu     sync.Mutex
	found  *metadata
	failed error
	at     time.Time
}

// metadata is what a provider says of itself. Keys are fetched when one is missing,
// so that they may change at any time.
type metadata struct {
	provider *oidc.Provider
	verifier *oidc.IDTokenVerifier
	client   oauth2.Config
	// namesItself is true where each answer says by which provider it is (RFC 9207).
	namesItself bool
}

// algorithms are those with which only the provider can sign. With the others the
// client's secret would do, or nothing.
var algorithms = []string{
	oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.PS384, oidc.PS512,
	oidc.ES256, oidc.ES384, oidc.ES512, oidc.EdDSA,
}

// Private

// discover returns what the provider says of itself. Of what is old nobody waits
// for the successor.
func (p *Provider) discover(ctx context.Context) (*metadata, error) {
	found, fresh, failed := p.remembered()
	if fresh {
		return found, failed
	}
	asked := p.discovery.flight.DoChan("", func() (any, error) {
		if found, fresh, failed := p.remembered(); fresh {
			return found, failed // whose answer came after this one had looked for it
		}
		// Whoever came first may have left; the others still wait for the answer.
		found, err := p.read(context.WithoutCancel(ctx))
		p.remember(found, err)
		return found, err
	})
	if found != nil {
		return found, nil
	}
	select {
	case answer := <-asked:
		found, _ := answer.Val.(*metadata)
		return found, answer.Err
	case <-ctx.Done():
		return nil, p.down(context.Cause(ctx))
	}
}

// remembered is what the provider has said of itself, whether that is new enough, and
// why it is not known; it is known, if old, where the provider has failed since.
func (p *Provider) remembered() (found *metadata, fresh bool, failed error) {
	d := &p.discovery
	d.mu.Lock()
	defer d.mu.Unlock()
	goodFor := freshFor
	if d.failed != nil {
		goodFor = failedFor
	}
	fresh = !d.at.IsZero() && p.Now().Sub(d.at) < goodFor
	if d.found != nil {
		return d.found, fresh, nil
	}
	return nil, fresh, d.failed
}

func (p *Provider) remember(found *metadata, err error) {
	d := &p.discovery
	d.mu.Lock()
	defer d.mu.Unlock()
	d.failed, d.at = err, p.Now()
	if err == nil {
		d.found = found
	}
}

func (p *Provider) read(ctx context.Context) (*metadata, error) {
	provider, err := oidc.NewProvider(oidc.ClientContext(ctx, p.Client), p.Issuer)
	if mismatch, ok := errors.AsType[*oidc.IssuerMismatchError](err); ok {
		return nil, p.misnamed(mismatch)
	}
	if err != nil {
		return nil, p.down(err)
	}
	var says struct {
		JWKS        string   `json:"jwks_uri"`
		Methods     []string `json:"token_endpoint_auth_methods_supported"`
		NamesItself bool     `json:"authorization_response_iss_parameter_supported"`
	}
	if err := provider.Claims(&says); err != nil {
		return nil, p.down(err)
	}
	endpoint := provider.Endpoint()
	named := []string{endpoint.AuthURL, endpoint.TokenURL, says.JWKS}
	if asks := provider.UserInfoEndpoint(); asks != "" { // where the token itself goes
		named = append(named, asks)
	}
	for _, address := range named {
		if !p.trusted(address) {
			return nil, p.down(fmt.Errorf("it names the address %q, which is not https", address))
		}
	}
	// Trying one way after the other would send the code twice.
	endpoint.AuthStyle = oauth2.AuthStyleInHeader
	if len(says.Methods) > 0 && !slices.Contains(says.Methods, "client_secret_basic") {
		endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	return &metadata{
		provider: provider, namesItself: says.NamesItself,
		verifier: provider.Verifier(&oidc.Config{ClientID: p.ID, SupportedSigningAlgs: algorithms, Now: p.lately}),
		client: oauth2.Config{
			ClientID: p.ID, ClientSecret: p.Secret, Endpoint: endpoint, RedirectURL: p.Callback,
			Scopes: []string{oidc.ScopeOpenID, "email", "profile"},
		},
	}, nil
}

// trusted tells whether secrets may go to an address and browsers be sent there:
// through TLS, or on this machine where the provider itself is on it.
func (p *Provider) trusted(address string) bool {
	issuer, err := url.Parse(p.Issuer)
	if err != nil {
		return false
	}
	parsed, err := url.Parse(address)
	return err == nil && parsed.Host != "" &&
		(parsed.Scheme == "https" || parsed.Scheme == "http" && issuer.Scheme == "http" && parsed.Hostname() == issuer.Hostname())
}
