package oceantest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Call is one call with its answer.
type Call struct {
	Method string
	Path   string
	Query  string
	Status int // 0 where the connection was dropped
	At     time.Time
	Faults []string // the names of those that it has met
}

// Private

// call is one request while it is answered, under the account's lock.
type call struct {
	*Ocean
	request *http.Request
	pattern string // as "GET /v2/droplets/{id}"
	body    []byte
	now     time.Time
	made    *droplet // that it has created
	cut     bool     // its page lacks its second half
}

// route says what each path does, and which scope of the token it needs.
func (o *Ocean) route() {
	for pattern, route := range map[string]struct {
		scope string
		do    func(*call) *answer
	}{
		"GET /v2/account":                {"account:read", (*call).account},
		"GET /v2/account/keys":           {"ssh_key:read", (*call).listKeys},
		"POST /v2/account/keys":          {"ssh_key:create", (*call).createKey},
		"GET /v2/actions/{id}":           {"actions:read", (*call).getAction},
		"GET /v2/droplets":               {"droplet:read", (*call).listDroplets},
		"POST /v2/droplets":              {"droplet:create", (*call).createDroplet},
		"GET /v2/droplets/{id}":          {"droplet:read", (*call).getDroplet},
		"DELETE /v2/droplets/{id}":       {"droplet:delete", (*call).deleteDroplet},
		"POST /v2/droplets/{id}/actions": {"droplet:update", (*call).actOnDroplet},
		"GET /v2/firewalls":              {"firewall:read", (*call).listFirewalls},
		"POST /v2/firewalls":             {"firewall:create", (*call).createFirewall},
		"GET /v2/firewalls/{id}":         {"firewall:read", (*call).getFirewall},
		"PUT /v2/firewalls/{id}":         {"firewall:update", (*call).updateFirewall},
		"DELETE /v2/firewalls/{id}":      {"firewall:delete", (*call).deleteFirewall},
		"GET /v2/images":                 {"image:read", (*call).listImages},
		"GET /v2/images/{id}":            {"image:read", (*call).getImage},
		"GET /v2/regions":                {"regions:read", (*call).listRegions},
		"GET /v2/sizes":                  {"sizes:read", (*call).listSizes},
		"POST /v2/tags":                  {"tag:create", (*call).createTag},
		"GET /v2/tags/{name}":            {"tag:read", (*call).getTag},
	} {
		o.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if sink, ok := w.(*sink); ok {
				sink.answer = o.answer(r, pattern, sink.body, func(c *call) *answer {
					if missing := c.missing(route.scope); missing != nil {
						return missing
					}
					return route.do(c)
				})
			}
		})
	}
	o.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if sink, ok := w.(*sink); ok {
			sink.answer = o.answer(r, "", sink.body, func(*call) *answer { return refuse(http.StatusNotFound, "") })
		}
	})
}

// answer answers one call and writes it down. All calls are answered one after
// another; how long an answer travels holds nobody else.
func (o *Ocean) answer(r *http.Request, pattern string, body []byte, do func(*call) *answer) *answer {
	o.mu.Lock()
	defer o.mu.Unlock()
	c := &call{Ocean: o, request: r, pattern: pattern, body: body, now: time.Now()}
	o.settle(c.now)
	answered, met := c.answer(do)
	written := Call{Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Status: answered.status, At: c.now, Faults: met}
	if answered.dropped {
		written.Status = 0
	}
	o.calls = append(o.calls, written)
	return answered
}

func (c *call) answer(do func(*call) *answer) (*answer, []string) {
	refused := c.limited()
	if c.closed {
		refused = refuse(http.StatusServiceUnavailable, "")
	}
	if refused == nil && (c.revoked || c.token() != c.options.Token) {
		refused = refuse(http.StatusUnauthorized, "")
	}
	var met []string
	if refused == nil {
		faults := c.meet()
		for _, fault := range faults {
			met = append(met, fault.name)
		}
		refused = c.through(faults, do)
	}
	c.rateHeaders(refused)
	if refused.header.Get("Date") == "" {
		refused.header.Set("Date", c.now.UTC().Format(http.TimeFormat))
	}
	return refused, met
}

// missing refuses a token that lacks a scope.
func (c *call) missing(scope string) *answer {
	if c.options.Scopes == nil || contains(c.options.Scopes, scope) {
		return nil
	}
	return refuse(http.StatusForbidden, "You are missing the required permission "+scope+".")
}

func (c *call) token() string {
	return strings.TrimPrefix(c.request.Header.Get("Authorization"), "Bearer ")
}

func (c *call) id() int {
	id, err := strconv.Atoi(c.request.PathValue("id"))
	if err != nil {
		return 0
	}
	return id
}

// read takes the body apart, as far as it is JSON of this shape.
func (c *call) read(into any) *answer {
	if err := json.Unmarshal(c.body, into); err != nil {
		return refuse(http.StatusBadRequest, "")
	}
	return nil
}
