// Package incus is a small client of the Incus REST API over its Unix socket:
// the dozen calls that the provider, the host's set-up and the image need.
package incus

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// DefaultSocket is where the distribution's packages put the daemon's socket.
const DefaultSocket = "/var/lib/incus/unix.socket"

// Client talks to one daemon, in one project.
type Client struct {
	http     *http.Client
	socket   string
	project  string
	patience time.Duration
	contact  *contact
}

// answerTime is how long the daemon may take to answer, where nothing is waited
// for. One that is stuck would otherwise hold whoever asked for ever, and what
// it keeps for the asker with it.
const answerTime = 30 * time.Second

// New makes a client of the daemon behind the socket, in the project "default".
func New(socket string) *Client {
	if socket == "" {
		socket = DefaultSocket
	}
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		var dialer net.Dialer
		return dialer.DialContext(ctx, "unix", socket)
	}
	// No connection is kept: a transport that keeps some also opens spare ones, and
	// the daemon accepts nobody else until a new connection has said something.
	transport := &http.Transport{DialContext: dial, DisableKeepAlives: true}
	return &Client{
		http: &http.Client{Transport: transport}, socket: socket, project: "default", patience: answerTime, contact: newContact(),
	}
}

// Project gives a client of another project of the same daemon.
func (c *Client) Project(name string) *Client {
	other := *c
	other.project = name
	return &other
}

// Socket is the path of the daemon's socket.
func (c *Client) Socket() string { return c.socket }

// Private

// envelope is what every answer of the API is wrapped in.
type envelope struct {
	Type      string          `json:"type"`
	Operation string          `json:"operation"`
	ErrorCode int             `json:"error_code"`
	Error     string          `json:"error"`
	Metadata  json.RawMessage `json:"metadata"`
}

// call makes a synchronous call; answer may be nil.
func (c *Client) call(ctx context.Context, method, path string, body, answer any) error {
	got, err := c.send(ctx, method, path, body)
	if err != nil {
		return err
	}
	if answer == nil {
		return nil
	}
	if err := json.Unmarshal(got.Metadata, answer); err != nil {
		return fmt.Errorf("read the answer to %s %s: %w", method, path, err)
	}
	return nil
}

// start makes a call that the daemon carries out in the background.
func (c *Client) start(ctx context.Context, method, path string, body any) (*Operation, error) {
	got, err := c.send(ctx, method, path, body)
	if err != nil {
		return nil, err
	}
	return c.operation(got)
}

func (c *Client) send(ctx context.Context, method, path string, body any) (got envelope, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.patience)
	defer cancel()
	defer func() { c.contact.note(ctx, err) }()
	if body == nil {
		return c.do(ctx, method, path, "", nil)
	}
	encoded, err := json.Marshal(body)
	if err != nil {
		return envelope{}, fmt.Errorf("encode the body of %s %s: %w", method, path, err)
	}
	return c.do(ctx, method, path, "application/json", bytes.NewReader(encoded))
}

func (c *Client) do(ctx context.Context, method, path, contentType string, body io.Reader) (envelope, error) {
	request, err := http.NewRequestWithContext(ctx, method, c.url("http", path), body)
	if err != nil {
		return envelope{}, fmt.Errorf("build %s %s: %w", method, path, err)
	}
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return envelope{}, fmt.Errorf("ask Incus: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	var got envelope
	if err := json.NewDecoder(response.Body).Decode(&got); err != nil {
		return envelope{}, fmt.Errorf("read the answer to %s %s: %w", method, path, err)
	}
	if got.Type == "error" {
		return envelope{}, &Error{Code: got.ErrorCode, Message: got.Error}
	}
	return got, nil
}

// url gives the address of an API path in the client's project. The path may
// carry a query already.
func (c *Client) url(scheme, path string) string {
	address, query, _ := cut(path)
	query.Set("project", c.project)
	return scheme + "://incus" + address + "?" + query.Encode()
}

func cut(path string) (string, url.Values, error) {
	parsed, err := url.Parse(path)
	if err != nil {
		return path, url.Values{}, err
	}
	return parsed.EscapedPath(), parsed.Query(), nil
}

func escape(name string) string { return url.PathEscape(name) }
