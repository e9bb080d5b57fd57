package oidc

import (
	"io"
	"net/http"
	"time"
)

// maxAnswer is more than any answer of a provider takes.
const maxAnswer = 1 << 20

// Private

// bounded returns a client that waits and reads no longer than it takes, and that
// follows nobody elsewhere: a redirect would carry the code and the secret along.
func bounded(client *http.Client) *http.Client {
	if client == nil {
		client = &http.Client{Timeout: 10 * time.Second}
	}
	careful := *client
	careful.Transport = short{careful.Transport}
	careful.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &careful
}

// short cuts answers off where they grow too long.
type short struct{ next http.RoundTripper }

func (s short) RoundTrip(r *http.Request) (*http.Response, error) {
	next := s.next
	if next == nil {
		next = http.DefaultTransport
	}
	response, err := next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	response.Body = body{io.LimitReader(response.Body, maxAnswer), response.Body}
	return response, nil
}

type body struct {
	io.Reader
	io.Closer
}
