package oceantest

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"syscall"
	"time"
)

// maxBody is more than any request needs.
const maxBody = 1 << 20

// ServeHTTP answers over a real connection.
func (o *Ocean) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answered, err := o.ask(r)
	if err != nil || answered.dropped {
		panic(http.ErrAbortHandler)
	}
	maps.Copy(w.Header(), answered.header)
	w.WriteHeader(answered.status)
	half := 0
	if answered.slow > 0 {
		half = len(answered.body) / 2
		_, _ = w.Write(answered.body[:half])
		_ = http.NewResponseController(w).Flush()
		select {
		case <-time.After(answered.slow):
		case <-r.Context().Done():
			return
		}
	}
	_, _ = w.Write(answered.body[half:])
}

// Transport answers without a connection, where the caller stands, so that it
// also works in virtual time. A connection that is dropped is an error.
func (o *Ocean) Transport() http.RoundTripper { return transport{o} }

// Private

type transport struct{ ocean *Ocean }

// RoundTrip answers a request that has not been cancelled.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer func() { _ = r.Body.Close() }()
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	answered, err := t.ocean.ask(r)
	if err != nil {
		return nil, err
	}
	if answered.dropped {
		return nil, fmt.Errorf("read the answer of the stand-in for DigitalOcean: %w", syscall.ECONNRESET)
	}
	body := io.Reader(bytes.NewReader(answered.body))
	length := int64(len(answered.body))
	if answered.slow > 0 {
		half := len(answered.body) / 2
		rest := &slowly{request: r, wait: answered.slow, rest: bytes.NewReader(answered.body[half:])}
		body, length = io.MultiReader(bytes.NewReader(answered.body[:half]), rest), -1
	}
	return &http.Response{
		Status: fmt.Sprintf("%d %s", answered.status, http.StatusText(answered.status)), StatusCode: answered.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: answered.header, Request: r,
		Body: io.NopCloser(body), ContentLength: length,
	}, nil
}

// ask finds the answer to a request.
func (o *Ocean) ask(r *http.Request) (*answer, error) {
	asked := &sink{}
	if r.Body != nil {
		body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
		if err != nil {
			return nil, fmt.Errorf("read the request: %w", err)
		}
		asked.body = body
	}
	copied := *r // the mux writes the path's values into it
	o.mux.ServeHTTP(asked, &copied)
	if asked.answer == nil { // the mux itself has refused the path
		asked.answer = refuse(http.StatusNotFound, "")
	}
	return asked.answer, nil
}

// sink takes an answer through the mux, which knows writers only.
type sink struct {
	body   []byte
	answer *answer
}

func (s *sink) Header() http.Header         { return http.Header{} }
func (s *sink) Write(b []byte) (int, error) { return len(b), nil }
func (s *sink) WriteHeader(int)             {}

// slowly makes a reader wait before the rest, as long as it has the patience.
type slowly struct {
	request *http.Request
	wait    time.Duration
	rest    io.Reader
}

// Read waits once.
func (s *slowly) Read(p []byte) (int, error) {
	if s.wait > 0 {
		timer := time.NewTimer(s.wait)
		defer timer.Stop()
		select {
		case <-timer.C:
			s.wait = 0
		case <-s.request.Context().Done():
			return 0, s.request.Context().Err()
		}
	}
	return s.rest.Read(p)
}
