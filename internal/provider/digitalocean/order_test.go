package digitalocean

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

func TestAnOrderIsSentOnce(t *testing.T) {
	faults := map[string]oceantest.Fault{
		"failed inside before the effect": oceantest.Status(500),
		"failed inside after the effect":  oceantest.AfterEffect(500),
		"bad gateway":                     oceantest.Status(502),
		"dropped before the effect":       oceantest.Drop(),
		"dropped after the effect":        oceantest.DropAfterEffect(),
		"too many calls":                  oceantest.Burst(time.Second),
		"refused":                         oceantest.Status(422),
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			ocean := oceantest.New(oceantest.Options{Token: token})
			ocean.Fail(order, fault)
			if _, err := open(ocean, Config{}).Create(t.Context(), spec()); err == nil {
				t.Error("the order went well")
			}
			if got := count(ocean, order); got != 1 {
				t.Errorf("%d orders were sent, want 1", got)
			}
		})
		t.Run(name+" over a connection that was used before", func(t *testing.T) {
			ocean := oceantest.New(oceantest.Options{Token: token})
			server := httptest.NewServer(ocean)
			t.Cleanup(server.Close)
			ocean.Fail(order, fault)
			provider := New(Config{Token: token, Installation: "here", URL: server.URL, Transport: server.Client().Transport})
			if _, err := provider.Create(t.Context(), spec()); err == nil {
				t.Error("the order went well")
			}
			if got := count(ocean, order); got != 1 {
				t.Errorf("%d orders were sent, want 1", got)
			}
		})
	}
}

func TestAMachineWhoseOrderHadNoAnswerIsFound(t *testing.T) {
	ocean := oceantest.New(oceantest.Options{Token: token})
	provider := open(ocean, Config{})
	if _, err := provider.List(t.Context()); err != nil { // which knows nothing of it
		t.Fatalf("list: %v", err)
	}
	ocean.Fail(order, oceantest.DropAfterEffect())
	spec := spec()
	if _, err := provider.Create(t.Context(), spec); err == nil {
		t.Fatal("the order had an answer")
	}
	if found, err := provider.Find(t.Context(), spec.Name); err != nil || len(found) != 1 {
		t.Errorf("found %+v and error %v, want the machine", found, err)
	}
}

func TestAnAnswerWithoutAMachineSaysNothingOfTheOrder(t *testing.T) {
	for _, text := range []string{``, `{}`, `{"droplet":null}`, `{"droplet":{}}`, `{"droplet":{"id":-1}}`, `<html>`} {
		ocean := oceantest.New(oceantest.Options{Token: token})
		provider := New(Config{Token: token, Installation: "here", Transport: garbler{ocean.Transport(), order, text}})
		made, err := provider.Create(t.Context(), spec())
		if _, refused := errors.AsType[*dictumal.Refusal](err); refused || err == nil || made.ID != "" {
			t.Errorf("to %q: %+v and error %v, want no machine and an error that is no refusal", text, made, err)
		}
	}
}

func TestAnAnswerWithNothingInItEndsNothing(t *testing.T) {
	for _, kind := range []string{
		"GET /v2/regions", "GET /v2/sizes", "GET /v2/images/ubuntu-24-04-x64", "GET /v2/account/keys", "POST /v2/account/keys",
		"GET /v2/firewalls", "POST /v2/firewalls", "POST /v2/tags", "GET /v2/droplets", "GET /v2/account",
	} {
		for _, text := range []string{`{}`, `null`, `{"regions":[null],"sizes":[null],"image":null,"ssh_keys":[null],"firewalls":[null],"droplets":[null]}`} {
			ocean := oceantest.New(oceantest.Options{Token: token})
			provider := New(Config{Token: token, Installation: "here", Transport: garbler{ocean.Transport(), kind, text}})
			_, _ = provider.Create(t.Context(), spec()) // it may fail, and no more than that
			_, _ = provider.List(t.Context())
			_, _ = provider.Catalog(t.Context())
		}
	}
}

func TestWhatIsOrdered(t *testing.T) {
	ocean := oceantest.New(oceantest.Options{Token: token})
	listener := &listener{next: ocean.Transport()}
	provider := New(Config{Token: token, Installation: "here", Transport: listener, SSHKeys: []string{"512190", "ab:cd"}})
	spec := spec()
	_, _ = provider.Create(t.Context(), spec) // the keys are nobody's
	var got map[string]any
	if err := json.Unmarshal(listener.last(t, order), &got); err != nil {
		t.Fatalf("read the order: %v", err)
	}
	want := map[string]any{
		"name": spec.Name, "region": "fra1", "size": "s-1vcpu-2gb", "image": "ubuntu-24-04-x64",
		"ssh_keys": []any{512190.0, "ab:cd"}, "tags": []any{"dictumal-here"}, "user_data": spec.UserData,
		"with_droplet_agent": false, "monitoring": false, "ipv6": false, "backups": false, "private_networking": false,
	}
	if difference := cmp.Diff(want, got); difference != "" {
		t.Errorf("the order differs (-want +got):\n%s", difference)
	}
	if count(ocean, "GET /v2/account/keys")+count(ocean, "POST /v2/account/keys") > 0 {
		t.Error("the account's keys were asked for, though keys are set")
	}
}

func TestWhatIsKnownToBeWrongIsNotSent(t *testing.T) {
	cases := []struct {
		name   string
		change func(*dictumal.MachineSpec)
		config Config
		reason dictumal.Reason
	}{
		{"an unknown region", func(s *dictumal.MachineSpec) { s.Region = "mars1" }, Config{}, dictumal.ReasonProviderRefused},
		{"no region", func(s *dictumal.MachineSpec) { s.Region = "" }, Config{}, dictumal.ReasonProviderRefused},
		{"a region that takes no orders", func(s *dictumal.MachineSpec) { s.Region = "tor1" }, Config{}, dictumal.ReasonProviderRefused},
		{"an unknown size", func(s *dictumal.MachineSpec) { s.Size = "s-0vcpu" }, Config{}, dictumal.ReasonSizeUnavailable},
		{"a size that is not in the region", func(s *dictumal.MachineSpec) { s.Size, s.Region = "c-2", "sfo3" }, Config{}, dictumal.ReasonSizeUnavailable},
		{"a size with a GPU", func(s *dictumal.MachineSpec) { s.Size, s.Region = "gpu-h100x1-80gb", "nyc3" }, Config{}, dictumal.ReasonSizeUnavailable},
		{"an unknown image", func(*dictumal.MachineSpec) {}, Config{ImageSlug: "ubuntu-99-04-x64"}, dictumal.ReasonImageMissing},
		{"an image that is not in the region", func(s *dictumal.MachineSpec) { s.Region = "sgp1" }, Config{ImageSlug: "ubuntu-26-04-x64"}, dictumal.ReasonImageMissing},
		{"too much user-data", func(s *dictumal.MachineSpec) { s.UserData = strings.Repeat("x", 64<<10+1) }, Config{}, dictumal.ReasonProviderRefused},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			ocean := oceantest.New(oceantest.Options{Token: token})
			spec := spec()
			test.change(&spec)
			_, err := open(ocean, test.config).Create(t.Context(), spec)
			if got := refusal(t, err); got.Reason != test.reason {
				t.Errorf("refused for %s (%s), want %s", got.Reason, got.Message, test.reason)
			}
			for _, call := range ocean.Calls() {
				if call.Method != http.MethodGet {
					t.Errorf("%s %s was sent", call.Method, call.Path)
				}
			}
		})
	}
}

func TestAnOrderThatWouldBeCutShortIsNotSent(t *testing.T) {
	inOcean(t, oceantest.Options{}, func(w *world) {
		w.ocean.Fail("GET /v2/regions", oceantest.SlowBody(16*time.Second))
		send := func() error {
			ctx, cancel := context.WithTimeout(w.Context(), 20*time.Second)
			defer cancel()
			_, err := w.provider.Create(ctx, spec())
			return err
		}
		if got := refusal(w.T, send()); got.Reason != dictumal.ReasonProviderDown || got.RetryAfter == 0 {
			w.Errorf("refused for %s until %v later", got.Reason, got.RetryAfter)
		}
		if got := count(w.ocean, order); got != 0 {
			w.Errorf("%d orders were sent, want none", got)
		}
		if err := send(); err != nil {
			w.Errorf("create: %v", err)
		}
	})
}

// Private

// garbler answers one kind of call with a text.
type garbler struct {
	next       http.RoundTripper
	kind, text string
}

func (g garbler) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := g.next.RoundTrip(r)
	if err == nil && r.Method+" "+r.URL.Path == g.kind {
		err = response.Body.Close()
		response.Body = io.NopCloser(strings.NewReader(g.text))
	}
	return response, err
}

// listener keeps the bodies of what is sent.
type listener struct {
	next http.RoundTripper

	mu     sync.Mutex
	bodies map[string][]byte
}

func (l *listener) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err := errors.Join(err, r.Body.Close()); err != nil {
			return nil, err
		}
		l.mu.Lock()
		if l.bodies == nil {
			l.bodies = map[string][]byte{}
		}
		l.bodies[r.Method+" "+r.URL.Path] = body
		l.mu.Unlock()
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(strings.NewReader(string(body)))
	}
	return l.next.RoundTrip(r)
}

func (l *listener) last(t *testing.T, kind string) []byte {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	body, ok := l.bodies[kind]
	if !ok {
		t.Fatalf("%s was not sent", kind)
	}
	return body
}
