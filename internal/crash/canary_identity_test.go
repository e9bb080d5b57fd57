package crash_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"
)

// identity is an identity provider at which everybody is ada, and who tells the test
// every secret of a sign-in.
type identity struct {
	*httptest.Server
	key    *rsa.PrivateKey
	secret string
	learn  func(kind kind, name, value string)

	mu    sync.Mutex
	begun map[string]url.Values // by code
}

func newIdentity(t *testing.T, e *evidence, secret string, learn func(kind kind, name, value string)) *identity {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	i := &identity{key: key, secret: secret, learn: learn, begun: map[string]url.Values{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		tell(w, map[string]any{
			"issuer": i.URL, "authorization_endpoint": i.URL + "/authorize", "token_endpoint": i.URL + "/token", "jwks_uri": i.URL + "/keys",
			"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"}, "id_token_signing_alg_values_supported": []string{"RS256"},
			"code_challenge_methods_supported": []string{"S256"},
		})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		encode := base64.RawURLEncoding.EncodeToString
		tell(w, map[string]any{"keys": []map[string]string{{
			"kty": "RSA", "kid": "1", "use": "sig", "alg": "RS256", "n": encode(key.N.Bytes()), "e": encode(big.NewInt(int64(key.E)).Bytes()),
		}}})
	})
	mux.HandleFunc("GET /authorize", i.authorize)
	mux.HandleFunc("POST /token", i.token)
	i.Server = httptest.NewServer(e.overhear(atProvider, mux))
	t.Cleanup(i.Close)
	return i
}

// authorize sends the browser back at once.
func (i *identity) authorize(w http.ResponseWriter, r *http.Request) {
	asked, code := r.URL.Query(), rand.Text()
	i.learn(loginState, "state", asked.Get("state"))
	i.learn(loginNonce, "nonce", asked.Get("nonce"))
	i.learn(providerCode, "code", code)
	i.mu.Lock()
	i.begun[code] = asked
	i.mu.Unlock()
	http.Redirect(w, r, asked.Get("redirect_uri")+"?"+url.Values{"state": {asked.Get("state")}, "code": {code}}.Encode(), http.StatusFound)
}

// token gives a token to whoever has begun.
func (i *identity) token(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	asked := i.begun[r.FormValue("code")]
	delete(i.begun, r.FormValue("code"))
	i.mu.Unlock()
	verifier := r.FormValue("code_verifier")
	i.learn(loginVerifier, "verifier", verifier)
	id, secret, basic := r.BasicAuth()
	if !basic {
		id, secret = r.FormValue("client_id"), r.FormValue("client_secret")
	}
	challenge := sha256.Sum256([]byte(verifier))
	if asked == nil || id != "desktops" || unescaped(secret) != i.secret || base64.RawURLEncoding.EncodeToString(challenge[:]) != asked.Get("code_challenge") {
		w.WriteHeader(http.StatusBadRequest)
		tell(w, map[string]string{"error": "invalid_grant"})
		return
	}
	access, token := rand.Text(), i.sign(asked.Get("nonce"))
	i.learn(providerToken, "access token", access)
	i.learn(providerToken, "id token", token)
	tell(w, map[string]any{"access_token": access, "token_type": "Bearer", "expires_in": 60, "id_token": token})
}

func (i *identity) sign(nonce string) string {
	encode := base64.RawURLEncoding.EncodeToString
	claims, err := json.Marshal(map[string]any{
		"iss": i.URL, "sub": "ada", "aud": "desktops", "nonce": nonce, "email": "ada@example.org", "email_verified": true, "name": "Ada",
		"iat": time.Now().Unix(), "exp": time.Now().Add(time.Minute).Unix(),
	})
	if err != nil {
		panic(err)
	}
	text := encode([]byte(`{"alg":"RS256","kid":"1"}`)) + "." + encode(claims)
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, i.key, crypto.SHA256, sum[:])
	if err != nil {
		panic(err)
	}
	return text + "." + encode(signature)
}

func tell(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(body); err != nil {
		panic(err)
	}
}

// password is one that somebody types where it does not belong.
func password() string {
	sum := sha512.Sum512([]byte(rand.Text()))
	return fmt.Sprintf("Tr0ub4dor-%x", sum[:9])
}
