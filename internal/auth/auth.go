// Package auth tells who asks. People sign in with a one-time link and get a
// session in a cookie; programs bring a token. Of every secret that it gives out
// it keeps only the hash.
package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"time"

	"github.com/dictumal/dictumal/internal/store"
)

// How long things are good for.
const (
	SignInLife  = 10 * time.Minute
	LaunchLife  = 5 * time.Minute
	SessionIdle = 12 * time.Hour
	SessionLife = 7 * 24 * time.Hour
	DesktopLife = 24 * time.Hour // of a session that opens one desktop only
	TokenLife   = 365 * 24 * time.Hour
)

// Options is what an Auth works with.
type Options struct {
	Store *store.Store
	// Secure is set where browsers come through TLS.
	Secure bool
	// Fail answers a request whose sender could not be looked up.
	Fail func(http.ResponseWriter, *http.Request, error)
	// Revoked is the cause with which requests end whose session or token has been ended.
	Revoked error
	Now     func() time.Time // time.Now unless told
}

// Auth knows users, their sessions, codes and tokens.
type Auth struct {
	Options
	underWay underWay
	recent   recent
}

// New returns an Auth.
func New(options Options) *Auth {
	if options.Now == nil {
		options.Now = time.Now
	}
	return &Auth{Options: options}
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
