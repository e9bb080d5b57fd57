package oceantest

import "net/http"

// Bearer adds a token to every request: all that a client of DigitalOcean needs.
func Bearer(token string, next http.RoundTripper) http.RoundTripper { return bearer{token, next} }

// Private

type bearer struct {
	token string
	next  http.RoundTripper
}

// RoundTrip sends a copy with the token.
func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+b.token)
	return b.next.RoundTrip(r)
}
