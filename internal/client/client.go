// Package client talks to a running server, for the command line: through the
// socket in the data folder, or over the network with a token.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// ErrNoServer says that nobody listens where the server should.
var ErrNoServer = errors.New("no server answers")

// Client asks one server.
type Client struct {
	base   *url.URL
	public string // how browsers reach the server
	token  string
	http   *http.Client
	where  string // for people
}

// Local returns a client that talks through the control socket, which makes
// whoever can open it the local user. Browsers reach the server at the public
// URL, unless the server knows better.
func Local(socket, public string) *Client {
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	transport := &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, "unix", socket)
		},
	}
	c := newClient(&url.URL{Scheme: "http", Host: "localhost"}, "", transport, socket)
	c.public = public
	return c
}

// Remote returns a client that talks to a public URL with an API token.
func Remote(address, token string) (*Client, error) {
	base, err := url.Parse(strings.TrimSuffix(address, "/"))
	if err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") {
		return nil, fmt.Errorf("DICTUMAL_URL is %q and must be a whole address like https://desktops.example.org", address)
	}
	if token == "" {
		return nil, errors.New("DICTUMAL_URL is set and DICTUMAL_TOKEN is not; make a token on that server with: dictumal token create")
	}
	c := newClient(base, token, http.DefaultTransport, base.String())
	c.public = base.String()
	return c, nil
}

// Public is how browsers reach the server, as far as this client was told.
func (c *Client) Public() string { return c.public }

// Where says where the server is looked for.
func (c *Client) Where() string { return c.where }

// Private

func newClient(base *url.URL, token string, transport http.RoundTripper, where string) *Client {
	return &Client{base: base, token: token, where: where, http: &http.Client{
		Transport: transport,
		// A redirect is an answer here: a launch is told by where it leads.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// call sends a request with a JSON body, if any, and reads the answer into out,
// if any.
func (c *Client) call(ctx context.Context, method, path string, in, out any, headers ...string) error {
	ctx, cancel := context.WithTimeout(ctx, 60*time.Second)
	defer cancel()
	response, err := c.send(ctx, method, path, in, headers...)
	if err != nil {
		return err
	}
	defer drain(response)
	if out == nil {
		return nil
	}
	if err := json.NewDecoder(response.Body).Decode(out); err != nil {
		return fmt.Errorf("read the answer of %s: %w", c.where, err)
	}
	return nil
}

// send sends a request and returns an answer that is no error. Headers come as
// names and values in turn.
func (c *Client) send(ctx context.Context, method, path string, in any, headers ...string) (*http.Response, error) {
	var body io.Reader = http.NoBody
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return nil, fmt.Errorf("write request: %w", err)
		}
		body = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.base.String()+path, body)
	if err != nil {
		return nil, fmt.Errorf("write request: %w", err)
	}
	if in != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := c.http.Do(request)
	if op, refused := errors.AsType[*net.OpError](err); refused && op.Op == "dial" {
		return nil, fmt.Errorf("%w at %s: %w", ErrNoServer, c.where, op.Err)
	}
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", c.where, err)
	}
	if response.StatusCode >= http.StatusBadRequest {
		defer drain(response)
		return nil, readProblem(response)
	}
	return response, nil
}

// drain lets the connection be used again.
func drain(response *http.Response) {
	_, _ = io.CopyN(io.Discard, response.Body, 64<<10)
	_ = response.Body.Close()
}
