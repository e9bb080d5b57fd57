// Package oidctest is an identity provider for tests that does whatever it is told:
// it lies, forgets, and mixes things up where a certified one cannot.
package oidctest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"golang.org/x/oauth2"
)

// The client that the issuer knows.
const (
	ClientID     = "desktops"
	ClientSecret = "kept between the two of them"
)

// Issuer answers as an identity provider does. Its fields are set before a request.
type Issuer struct {
	*httptest.Server
	t *testing.T

	Claims map[string]any            // besides or instead of the usual ones; nil takes one away
	Info   map[string]any            // what the address for more claims says
	Token  func(claims Token) string // nil: signed with the issuer's key
	Answer func(url.Values)          // changes what the browser brings back
	Error  string                    // answers codes with it
	Down   bool
	Names  bool   // says that its answers name it
	Calls  string // itself, where it is not its address
	Now    func() time.Time

	mu    sync.Mutex
	key   *ecdsa.PrivateKey
	keyID string
	asked map[string]url.Values // by code
}

// Token is a token before it is signed.
type Token struct {
	Claims map[string]any
	KeyID  string
	Key    *ecdsa.PrivateKey
}

// New starts an issuer that knows one person, Ada. It stops with the test.
func New(t *testing.T) *Issuer {
	t.Helper()
	i := &Issuer{t: t, asked: map[string]url.Values{}, Names: true, Now: time.Now}
	i.Rotate()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", i.discover)
	mux.HandleFunc("GET /keys", i.keys)
	mux.HandleFunc("POST /token", i.token)
	mux.HandleFunc("GET /userinfo", i.userinfo)
	i.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if i.Down {
			http.Error(w, "out of order", http.StatusBadGateway)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(i.Close)
	return i
}

// Rotate replaces the key with which tokens are signed.
func (i *Issuer) Rotate() {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		i.t.Fatal(err)
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.key, i.keyID = key, rand.Text()
}

// Visit is what happens where a browser is sent: somebody signs in, and the answer
// is where the browser is sent back to.
func (i *Issuer) Visit(address string) *url.URL {
	i.t.Helper()
	sent, err := url.Parse(address)
	if err != nil {
		i.t.Fatal(err)
	}
	asked := sent.Query()
	back, err := url.Parse(asked.Get("redirect_uri"))
	if err != nil {
		i.t.Fatal(err)
	}
	code := rand.Text()
	i.mu.Lock()
	i.asked[code] = asked
	i.mu.Unlock()
	answer := url.Values{"code": {code}, "state": {asked.Get("state")}, "iss": {i.name()}}
	if i.Answer != nil {
		i.Answer(answer)
	}
	back.RawQuery = answer.Encode()
	return back
}

// Private

func (i *Issuer) name() string {
	if i.Calls != "" {
		return i.Calls
	}
	return i.URL
}

func (i *Issuer) discover(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]any{
		"issuer": i.name(), "authorization_endpoint": i.name() + "/authorize", "token_endpoint": i.name() + "/token",
		"jwks_uri": i.name() + "/keys", "userinfo_endpoint": i.name() + "/userinfo",
		"id_token_signing_alg_values_supported": []string{"ES256", "HS256", "none"}, "authorization_response_iss_parameter_supported": i.Names,
	})
}

func (i *Issuer) keys(w http.ResponseWriter, _ *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	answer(w, http.StatusOK, map[string]any{"keys": []any{map[string]any{
		"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": i.keyID,
		"x": encode(i.key.X.FillBytes(make([]byte, 32))), "y": encode(i.key.Y.FillBytes(make([]byte, 32))),
	}}})
}

// token gives a token for a code: once, to the client that asked, with the verifier.
func (i *Issuer) token(w http.ResponseWriter, r *http.Request) {
	id, secret, _ := r.BasicAuth()
	secret, _ = url.QueryUnescape(secret)
	i.mu.Lock()
	asked, known := i.asked[r.PostFormValue("code")]
	delete(i.asked, r.PostFormValue("code"))
	i.mu.Unlock()
	switch {
	case i.Error != "":
		answer(w, http.StatusBadRequest, map[string]any{"error": i.Error})
		return
	case id != ClientID || secret != ClientSecret:
		answer(w, http.StatusUnauthorized, map[string]any{"error": "invalid_client"})
		return
	case !known, asked.Get("code_challenge_method") != "S256", asked.Get("redirect_uri") != r.PostFormValue("redirect_uri"),
		oauth2.S256ChallengeFromVerifier(r.PostFormValue("code_verifier")) != asked.Get("code_challenge"):
		answer(w, http.StatusBadRequest, map[string]any{"error": "invalid_grant"})
		return
	}
	sign := i.Token
	if sign == nil {
		sign = Signed
	}
	answer(w, http.StatusOK, map[string]any{
		"access_token": "access", "token_type": "Bearer",
		"id_token": sign(Token{Claims: i.says(asked.Get("nonce")), KeyID: i.keyID, Key: i.key}),
	})
}

func (i *Issuer) says(nonce string) map[string]any {
	now := i.Now()
	claims := map[string]any{
		"iss": i.name(), "sub": "ada", "aud": ClientID, "iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(), "nonce": nonce,
		"email": "ada@example.org", "email_verified": true, "name": "Ada Lovelace",
	}
	for name, value := range i.Claims {
		claims[name] = value
		if value == nil {
			delete(claims, name)
		}
	}
	return claims
}

func (i *Issuer) userinfo(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer access" {
		http.Error(w, "who asks?", http.StatusUnauthorized)
		return
	}
	answer(w, http.StatusOK, i.Info)
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // whoever asked has gone
}

func encode(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }
