// Package oidc speaks OpenID Connect with an identity provider: it says where a
// browser goes to prove who is behind it, and finds out who came back. It knows no
// users and no sessions.
package oidc

import (
	"context"
	"net/http"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Google is the issuer of Google's accounts.
const Google = "https://accounts.google.com"

// Options is what a Provider works with.
type Options struct {
	Name     string // the last part of its callback
	Label    string // what people call it
	Issuer   string
	ID       string // by which the provider knows this server
	Secret   string
	Callback string           // the whole address to which it sends browsers back
	Client   *http.Client     // nil: one that waits for 10 s
	Now      func() time.Time // time.Now unless told
}

// Provider is an identity provider. Nothing is asked of it before somebody wants
// to sign in: a server starts while it is down.
type Provider struct {
	Options
	discovery discovery
}

// New returns a provider.
func New(options Options) *Provider {
	if options.Now == nil {
		options.Now = time.Now
	}
	options.Client = bounded(options.Client)
	return &Provider{Options: options}
}

// Attempt is what one sign-in is recognized by when it comes back. The three are
// secrets until then.
type Attempt struct {
	State    string // the browser brings it back in the address
	Nonce    string // the provider puts it into the token
	Verifier string // proves that who fetches the token is who asked for it (PKCE)
}

// Begin is where the browser goes.
func (p *Provider) Begin(ctx context.Context, attempt Attempt) (string, error) {
	found, err := p.discover(ctx)
	if err != nil {
		return "", err
	}
	options := []oauth2.AuthCodeOption{oidc.Nonce(attempt.Nonce), oauth2.S256ChallengeOption(attempt.Verifier)}
	if p.Issuer == Google { // or who signs out and in again is not asked as whom
		options = append(options, oauth2.SetAuthURLParam("prompt", "select_account"))
	}
	return found.client.AuthCodeURL(attempt.State, options...), nil
}

// Look tells whether the provider can be used, and waits for the answer no longer
// than a page may take: who is late is not yet down.
func (p *Provider) Look(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, err := p.discover(ctx)
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// Examine asks the provider anew what it says of itself.
func (p *Provider) Examine(ctx context.Context) error {
	_, err := p.read(ctx)
	return err
}

// Private

// patience is how long a page waits for a provider that it only wants to tell of.
const patience = time.Second
