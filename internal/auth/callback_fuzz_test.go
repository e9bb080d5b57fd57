package auth_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/auth"
	"github.com/dictumal/dictumal/internal/auth/oidc"
	"github.com/dictumal/dictumal/internal/auth/oidc/oidctest"
)

// FuzzCallback checks that whoever comes back from an identity provider is signed in
// by one state of their own, one code that the provider knows, and the provider's
// name; and once. {state}, {code} and {iss} stand for what is right.
func FuzzCallback(f *testing.F) {
	for _, query := range []string{
		"state={state}&code={code}&iss={iss}", "code={code}&iss={iss}&state={state}&scope=openid&session_state=x", "state={state}&code={code}", "state={state}&code={code}&iss=https://evil.example",
		"state={state}&state={state}&code={code}&iss={iss}", "state={state}&code={code}&code=x&iss={iss}", "state={state}&code={code}&iss={iss}&iss={iss}", "state={state}&code=wrong&iss={iss}", "state=wrong&code={code}&iss={iss}",
		"state={state}&error=access_denied&iss={iss}", "state={state}&error=%1b%5b2J%0d%0a<script>&iss={iss}", "state={state}&code={code}&error=x&iss={iss}", "state={state}&code=&iss={iss}", "state=&code={code}", "", "%", "state={state};code={code}",
		"state={state}%00&code={code}&iss={iss}", "STATE={state}&code={code}&iss={iss}", "state={state}&code={code}&iss={iss}/", "state={state}&code={code}&iss={iss}#x", "state[]={state}&code[]={code}", "state={state}&code={code}&iss={iss}&next=//evil.example",
		"state={state}&code=" + strings.Repeat("A", 9000) + "&iss={iss}",
	} {
		f.Add(query, true)
		f.Add(query, false)
	}
	d, v := fuzzed(f), newVoucher(f)
	f.Fuzz(func(t *testing.T, query string, sameBrowser bool) {
		a := d.auth(t)
		a.People = auth.People{Allow: []string{"example.org"}}
		a.Providers = []*oidc.Provider{oidc.New(oidc.Options{
			Name: "oidc", Label: "The house", Issuer: issuer, ID: oidctest.ClientID, Secret: oidctest.ClientSecret, Callback: callback + "oidc", Client: &http.Client{Transport: v},
		})}
		state, cookies := begin(t, a, v)
		right := url.Values{"state": {state}, "code": {v.code}, "iss": {issuer}}
		query = strings.NewReplacer("{state}", state, "{code}", url.QueryEscape(v.code), "{iss}", url.QueryEscape(issuer)).Replace(query)
		if !sameBrowser {
			cookies = nil
		}
		read, _ := url.ParseQuery(query) // of what is broken, what could be read counts, as in a request
		want := sameBrowser && only(read, "state", state) && only(read, "code", v.code) && only(read, "iss", issuer) && read.Get("error") == ""
		if got := finish(t, a, query, cookies); got != want {
			t.Errorf("%q signs in: %v, want %v", query, got, want)
		}
		// A state that came back is used up, whatever came with it; one that did not is not.
		_, stray := read["state"]
		if used := stray && only(read, "state", state); finish(t, a, right.Encode(), cookies) != (sameBrowser && !used) {
			t.Errorf("after %q, what is right signs in: %v", query, used)
		}
	})
}

// Private

const issuer = "https://id.example"

func only(query url.Values, name, value string) bool {
	return len(query[name]) == 1 && query[name][0] == value
}

func begin(t *testing.T, a *auth.Auth, v *voucher) (state string, cookies []*http.Cookie) {
	t.Helper()
	answer := httptest.NewRecorder()
	address, err := a.BeginLogin(answer, request(), "oidc", "/instances")
	if err != nil {
		t.Fatal(err)
	}
	asked, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	v.nonce = asked.Query().Get("nonce")
	return asked.Query().Get("state"), answer.Result().Cookies()
}

// finish tells whether somebody is signed in by what they bring back.
func finish(t *testing.T, a *auth.Auth, query string, cookies []*http.Cookie) bool {
	t.Helper()
	r := request(cookies...)
	r.URL = &url.URL{Path: "/api/auth/callback/oidc", RawQuery: query}
	answer := httptest.NewRecorder()
	next, err := a.FinishLogin(answer, r, "oidc")
	for _, cookie := range answer.Result().Cookies() {
		if err != nil && cookie.Name == a.CookieName() && cookie.MaxAge >= 0 {
			t.Errorf("%q is refused with %v, and gets the cookie %s", query, err, cookie)
		}
	}
	if err == nil {
		return next == "/instances"
	}
	sentence := dictumal.ErrorMessage(err)
	if code := dictumal.ErrorCode(err); code == dictumal.CodeInternal || strings.ContainsFunc(sentence, unicode.IsControl) || len(sentence) > 500 {
		t.Errorf("%q is refused with %s: %q (%v)", query, code, sentence, err)
	}
	return false
}

// voucher is an identity provider that knows one code, for Ada.
type voucher struct {
	key         *ecdsa.PrivateKey
	code, nonce string
}

func newVoucher(f *testing.F) *voucher {
	f.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	return &voucher{key: key, code: "a/code+that=is good"}
}

func (v *voucher) RoundTrip(r *http.Request) (*http.Response, error) {
	status := http.StatusOK
	var says any
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		says = map[string]any{
			"issuer": issuer, "authorization_endpoint": issuer + "/auth", "token_endpoint": issuer + "/token", "jwks_uri": issuer + "/keys",
			"id_token_signing_alg_values_supported": []string{"ES256"}, "authorization_response_iss_parameter_supported": true,
		}
	case "/keys":
		encode := base64.RawURLEncoding.EncodeToString
		point, err := v.key.PublicKey.Bytes()
		if err != nil {
			return nil, err
		}
		says = map[string]any{"keys": []any{map[string]string{"kty": "EC", "crv": "P-256", "kid": "k", "alg": "ES256", "x": encode(point[1:33]), "y": encode(point[33:])}}}
	default:
		if err := r.ParseForm(); err != nil || r.PostForm.Get("code") != v.code || r.PostForm.Get("code_verifier") == "" {
			status, says = http.StatusBadRequest, map[string]string{"error": "invalid_grant"}
			break
		}
		says = map[string]any{"access_token": "a", "token_type": "Bearer", "id_token": oidctest.Signed(oidctest.Token{KeyID: "k", Key: v.key, Claims: map[string]any{
			"iss": issuer, "sub": "ada", "aud": oidctest.ClientID, "exp": time.Now().Add(time.Hour).Unix(), "iat": time.Now().Unix(),
			"nonce": v.nonce, "email": "ada@example.org", "email_verified": true,
		}})}
	}
	body, err := json.Marshal(says)
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(body)), Request: r.WithContext(context.WithoutCancel(r.Context())),
	}, err
}
