// Package auth tells who asks. People sign in with a one-time link and get a
// session in a cookie; programs bring a token. Of every secret that it gives out
// it keeps only the hash.
package auth

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/auth/oidc"
	"github.com/dictumal/dictumal/internal/limit"
	"github.com/dictumal/dictumal/internal/peer"
	"github.com/dictumal/dictumal/internal/store"
)

// How long things are good for.
const (
	SignInLife  = 10 * time.Minute
	LaunchLife  = 5 * time.Minute
	SessionIdle = 12 * time.Hour
	SessionLife = 7 * day
	DesktopLife = day // of a session that opens one desktop only
	// Fresh is how long after signing in one may make what outlives the session.
	Fresh = 15 * time.Minute

	day = 24 * time.Hour
)

// Options is what an Auth works with.
type Options struct {
	Store *store.Store
	// Secure is set where browsers come through TLS.
	Secure bool
	// Fail answers a request whose sender could not be looked up.
	Fail func(http.ResponseWriter, *http.Request, error)
	// Revoked is the cause with which requests end whose session or token has ended.
	Revoked error
	// Providers are those by which people sign in, and People who of them may come in;
	// without one there is the operator alone, and whom the operator vouches for.
	Providers []*oidc.Provider
	People    People
	// Audit is told of what people do to their sessions and tokens; it may be nil.
	Audit func(ctx context.Context, d dictumal.Deed)
	Now   func() time.Time // time.Now unless told
}

// Auth knows users, their sessions, codes and tokens.
type Auth struct {
	Options
	underWay underWay
	recent   recent
	wrong    *limit.Limit // secrets that were found to be wrong of late
	tokens   *limit.Limit // that each user makes
	logins   *limit.Limit // that each network begins
	secrets  gate
	codes    map[store.CodeKind]gate
}

// New returns an Auth.
func New(options Options) *Auth {
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Audit == nil {
		options.Audit = func(context.Context, dictumal.Deed) {}
	}
	a := &Auth{
		Options: options,
		wrong:   limit.New(time.Minute, 1, options.Now),
		tokens:  limit.New(time.Minute, 10, options.Now),
		logins:  limit.New(2*time.Second, 60, options.Now),
		secrets: newGate(2*time.Second, 30, options.Now),
		codes: map[store.CodeKind]gate{
			store.SignInCode: newGate(6*time.Second, 10, options.Now),
			store.LaunchCode: newGate(6*time.Second, 10, options.Now),
		},
	}
	a.underWay.inUse = a.keepInUse
	return a
}

// Private

// newSecret makes 128 random bits as text.
func newSecret() string { return rand.Text() }

// hash needs no salt and no slowness: what it hashes has 128 random bits.
func hash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

func (a *Auth) now() time.Time { return a.Now().UTC() }

// tell has it written down what somebody did, and what came of it.
func (a *Auth) tell(ctx context.Context, p dictumal.Principal, action, object string, err error) {
	p.From = cmp.Or(p.From, peer.From(ctx))
	a.Audit(ctx, p.Deed(action, object, err))
}
