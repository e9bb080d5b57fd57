package digitalocean

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// Call is one call of DigitalOcean's API, as whoever observes is told of it. It
// holds nothing that names a machine or an account.
type Call struct {
	Kind      string // method and route, as "GET /v2/droplets/{id}"
	Class     Class
	Outcome   Outcome
	Duration  time.Duration // until the answer was read, the wait for its turn included
	Remaining int           // calls that the answer says are left in the hour; -1 where it does not say
}

// Class says what a call is for. What comes first goes first.
type Class int

// The classes.
const (
	Destroy Class = iota
	Create        // and whatever else makes or changes something
	Look
)

// String is the class as metrics name it.
func (c Class) String() string { return [...]string{"destroy", "create", "look"}[c] }

// Outcome is what a call came to.
type Outcome string

// The outcomes.
const (
	OK       Outcome = "ok"
	Withheld Outcome = "withheld" // refused by us, and not sent
	TooMany  Outcome = "429"
	Refused  Outcome = "4xx"
	Broken   Outcome = "5xx"
	Failed   Outcome = "failed" // no answer, or not all of it
)

// Private

// classes is how many there are.
const classes = int(Look) + 1

func classOf(request *http.Request) Class {
	switch request.Method {
	case http.MethodDelete:
		return Destroy
	case http.MethodGet:
		return Look
	}
	return Create
}

func outcomeOf(status int) Outcome {
	switch {
	case status == http.StatusTooManyRequests:
		return TooMany
	case status >= http.StatusInternalServerError:
		return Broken
	case status >= http.StatusBadRequest:
		return Refused
	}
	return OK
}

// routes are the words of which the paths of all calls are made; anything else in
// one names a thing.
var routes = []string{"account", "actions", "droplets", "firewalls", "images", "keys", "regions", "sizes", "tags"}

func kindOf(request *http.Request) string {
	path := request.URL.Path
	if at := strings.Index(path, "/v2/"); at >= 0 {
		path = path[at+len("/v2/"):] // what comes before is of another address
	}
	words := strings.Split(path, "/")
	for i, word := range words {
		if !slices.Contains(routes, word) {
			words[i] = "{id}"
		}
	}
	return request.Method + " /v2/" + strings.Join(words, "/")
}
