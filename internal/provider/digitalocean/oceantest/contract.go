package oceantest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// Contract gives a wrapper of transports that fails the test where a request or
// an answer is not as DigitalOcean's own description of its interface has it. It
// is nil where that document is absent; [Document] says where it should be.
func Contract(tb testing.TB) func(http.RoundTripper) http.RoundTripper {
	tb.Helper()
	path := Document()
	if _, err := os.Stat(path); err != nil {
		return nil
	}
	document, err := openapi3.NewLoader().LoadFromFile(path)
	if err != nil {
		tb.Fatalf("read %s: %v", path, err)
	}
	document.Servers = openapi3.Servers{{URL: "/"}} // whatever the host
	if err := document.Validate(tb.Context(), openapi3.DisableExamplesValidation()); err != nil {
		tb.Fatalf("check %s: %v", path, err)
	}
	router, err := gorillamux.NewRouter(document)
	if err != nil {
		tb.Fatalf("take %s apart: %v", path, err)
	}
	return func(next http.RoundTripper) http.RoundTripper { return &contract{tb, router, next} }
}

// Checked wraps a transport with the contract where there is one, and gives it
// back as it is elsewhere.
func Checked(tb testing.TB, transport http.RoundTripper) http.RoundTripper {
	tb.Helper()
	if wrap := Contract(tb); wrap != nil {
		return wrap(transport)
	}
	return transport
}

// Document is where DigitalOcean's description is looked for: the environment
// variable DICTUMAL_DO_OPENAPI, or a place beside the checkout.
func Document() string {
	if path := os.Getenv("DICTUMAL_DO_OPENAPI"); path != "" {
		return path
	}
	folder, err := os.Getwd()
	for err == nil && folder != filepath.Dir(folder) {
		if _, missing := os.Stat(filepath.Join(folder, "go.mod")); missing == nil {
			break
		}
		folder = filepath.Dir(folder)
	}
	return filepath.Join(folder, "..", "shared", "digitalocean", "openapi-trimmed.json")
}

// Private

type contract struct {
	tb     testing.TB
	router routers.Router
	next   http.RoundTripper
}

// RoundTrip checks the request, lets it pass and checks the answer.
func (c *contract) RoundTrip(r *http.Request) (*http.Response, error) {
	sent, err := drain(r.Body)
	if err != nil {
		return nil, fmt.Errorf("read the request: %w", err)
	}
	ctx := context.WithoutCancel(r.Context())
	checked := c.checkRequest(ctx, r, sent)
	passed := r.Clone(r.Context())
	passed.Body = io.NopCloser(bytes.NewReader(sent))
	response, err := c.next.RoundTrip(passed)
	if err != nil {
		return nil, err
	}
	got, err := drain(response.Body)
	response.Body = io.NopCloser(io.MultiReader(bytes.NewReader(got), broken{err}))
	if checked != nil && err == nil && !strings.Contains(response.Header.Get(faultsHeader), drift) {
		c.checkResponse(ctx, checked, response, got)
	}
	return response, nil
}

// checkRequest gives what the answer is checked against; nil where the document
// does not know the call.
func (c *contract) checkRequest(ctx context.Context, r *http.Request, body []byte) *openapi3filter.RequestValidationInput {
	copied := r.Clone(ctx)
	copied.Body = io.NopCloser(bytes.NewReader(body))
	route, values, err := c.router.FindRoute(copied)
	if err != nil {
		c.tb.Errorf("DigitalOcean has no %s %s: %v", r.Method, r.URL.Path, err)
		return nil
	}
	input := &openapi3filter.RequestValidationInput{
		Request: copied, PathParams: values, Route: route,
		Options: &openapi3filter.Options{
			MultiError: true, IncludeResponseStatus: true,
			AuthenticationFunc:  openapi3filter.NoopAuthenticationFunc,
			SkipSettingDefaults: true, // a default would hide a null that was sent
		},
	}
	if err := openapi3filter.ValidateRequest(ctx, input); err != nil {
		c.tb.Errorf("the request %s %s is against DigitalOcean's contract: %v", r.Method, r.URL.Path, err)
	}
	return input
}

func (c *contract) checkResponse(ctx context.Context, asked *openapi3filter.RequestValidationInput, response *http.Response, body []byte) {
	input := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: asked, Status: response.StatusCode, Header: response.Header, Options: asked.Options,
	}
	input.SetBodyBytes(body)
	if err := openapi3filter.ValidateResponse(ctx, input); err != nil {
		c.tb.Errorf("the answer %d to %s %s is against DigitalOcean's contract: %v",
			response.StatusCode, asked.Request.Method, asked.Request.URL.Path, err)
	}
}

func drain(body io.ReadCloser) ([]byte, error) {
	if body == nil {
		return nil, nil
	}
	defer func() { _ = body.Close() }()
	return io.ReadAll(body)
}

// broken ends a body as it has ended when it was read.
type broken struct{ err error }

// Read gives that end.
func (b broken) Read([]byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	return 0, io.EOF
}
