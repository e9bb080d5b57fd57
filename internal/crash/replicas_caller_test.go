package crash_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// caller asks the server at an address, with a connection of its own for each request,
// and again where nobody answers.
type caller struct {
	base, token string
	repeated    *atomic.Int64
}

// How a caller repeats what came to nothing.
const (
	callPatience = 5 * time.Second
	callPause    = 300 * time.Millisecond
)

// insist asks until it is answered, and is an error where the answer is a refusal, or
// does not come for long.
func (c caller) insist(ctx context.Context, method, path, body string, out any, header ...string) error {
	deadline := time.Now().Add(patience)
	for {
		status, answer, err := c.once(ctx, method, path, body, header...)
		switch {
		case err == nil && status < http.StatusBadRequest:
			if out == nil {
				return nil
			}
			return json.Unmarshal(answer, out)
		case err == nil && status < http.StatusInternalServerError:
			return fmt.Errorf("%s %s: %d %s", method, path, status, answer)
		case ctx.Err() != nil:
			return ctx.Err()
		case time.Now().After(deadline):
			return fmt.Errorf("%s %s: for %s it came to nothing, at last to %d %s %w", method, path, patience, status, answer, err)
		}
		c.repeated.Add(1)
		time.Sleep(callPause)
	}
}

// loseAnswer asks, and hangs up before it is known what has come of it.
func (c caller) loseAnswer(ctx context.Context, after time.Duration, method, path, body string, header ...string) {
	ctx, cancel := context.WithTimeout(ctx, after)
	defer cancel()
	_, _, _ = c.once(ctx, method, path, body, header...)
}

// Private

func (c caller) once(ctx context.Context, method, path, body string, header ...string) (status int, answer []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, callPatience)
	defer cancel()
	request, err := c.request(ctx, method, path, body, header...)
	if err != nil {
		return 0, nil, err
	}
	response, err := fresh().RoundTrip(request)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = response.Body.Close() }()
	answer, err = io.ReadAll(response.Body)
	return response.StatusCode, answer, err
}

func (c caller) request(ctx context.Context, method, path, body string, header ...string) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, method, c.base+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for n := 0; n+1 < len(header); n += 2 {
		request.Header.Set(header[n], header[n+1])
	}
	return request, nil
}

// fresh opens a connection for each request, so that anybody behind a balancer may get it.
func fresh() *http.Transport { return &http.Transport{DisableKeepAlives: true} }
