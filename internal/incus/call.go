package incus

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// Call is one call of the API, as whoever observes is told of it. It holds nothing
// that names a machine.
type Call struct {
	Kind     string // method and route, as "GET /1.0/instances/{name}"
	Outcome  string // ok, 4xx, 5xx, or failed where there was no answer
	Duration time.Duration
}

// Observed gives a client on the same connections that tells of each call.
func (c *Client) Observed(observe func(Call)) *Client {
	other := *c
	other.http = &http.Client{Transport: &observed{RoundTripper: c.http.Transport, tell: observe}}
	return &other
}

// Private

type observed struct {
	http.RoundTripper
	tell func(Call)
}

func (o *observed) RoundTrip(request *http.Request) (*http.Response, error) {
	begun := time.Now()
	response, err := o.RoundTripper.RoundTrip(request)
	o.tell(Call{Kind: kindOf(request), Outcome: outcomeOf(response, err), Duration: time.Since(begun)})
	return response, err
}

func outcomeOf(response *http.Response, err error) string {
	switch {
	case err != nil:
		return "failed"
	case response.StatusCode >= http.StatusInternalServerError:
		return "5xx"
	case response.StatusCode >= http.StatusBadRequest:
		return "4xx"
	}
	return "ok"
}

// routes are the words of which the paths of all calls are made; anything else in
// one names a thing.
var routes = []string{
	"1.0", "aliases", "events", "exec", "images", "instances", "leases", "networks", "operations",
	"profiles", "projects", "resources", "state", "storage-pools", "wait", "websocket",
}

func kindOf(request *http.Request) string {
	words := strings.Split(strings.Trim(request.URL.Path, "/"), "/")
	for i, word := range words {
		if !slices.Contains(routes, word) {
			words[i] = "{name}"
		}
	}
	return request.Method + " /" + strings.Join(words, "/")
}
