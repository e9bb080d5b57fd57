package digitalocean

import (
	"encoding/json"
	"net/http"
	"os"
	"regexp"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

// What the reference documents say of the variables that the provider uses, row by row.

func TestSeedsImage(t *testing.T) {
	const (
		look = "GET /v2/images/{id}"
		list = "GET /v2/images"
	)
	for _, row := range []struct {
		name       string
		config     Config
		image      string
		discovered bool
	}{
		{"DIGITALOCEAN_IMAGE_SLUG: explicit image override, discovery is skipped", Config{ImageSlug: "debian-13-x64", UseLatestUbuntu: true}, "debian-13-x64", false},
		{"DIGITALOCEAN_USE_LATEST_UBUNTU_IMAGE: if truthy, discovers the newest with long-term support", Config{UseLatestUbuntu: true}, "ubuntu-26-04-x64", true},
		{"DIGITALOCEAN_USE_LATEST_UBUNTU_IMAGE: otherwise ubuntu-24-04-x64", Config{}, "ubuntu-24-04-x64", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			ocean := oceantest.New(oceantest.Options{Token: token})
			if _, err := open(ocean, row.config).Create(t.Context(), spec()); err != nil {
				t.Fatalf("create: %v", err)
			}
			if got := ocean.Droplets()[0].Image; got != row.image {
				t.Errorf("made from %s, want %s", got, row.image)
			}
			if listed := count(ocean, list) > 0; listed != row.discovered || listed == (count(ocean, look) > 0) {
				t.Errorf("images were listed: %v, want %v", listed, row.discovered)
			}
		})
	}
}

func TestSeedsSSHKeys(t *testing.T) {
	for _, row := range []struct {
		name string
		keys []string
		want []any
		made int
	}{
		{"DIGITALOCEAN_SSH_KEYS: ids and fingerprints are attached to droplets", []string{"512189", "3b:16:e4:bf:8b:00:8b:b8:59:8c:a9:d3:f0:19:fa:45"}, []any{512189.0, "3b:16:e4:bf:8b:00:8b:b8:59:8c:a9:d3:f0:19:fa:45"}, 0},
		{"DIGITALOCEAN_SSH_KEYS: without any, one of the installation's own", nil, nil, 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			ocean := oceantest.New(oceantest.Options{Token: token})
			heard := &listener{next: ocean.Transport()}
			provider := New(Config{Token: token, Installation: "here", Transport: heard, SSHKeys: row.keys})
			_, _ = provider.Create(t.Context(), spec()) // the account does not have the keys of the table
			var sent struct {
				Keys []any `json:"ssh_keys"`
			}
			if err := json.Unmarshal(heard.last(t, order), &sent); err != nil {
				t.Fatalf("read the order: %v", err)
			}
			if row.want == nil && len(sent.Keys) != 1 {
				t.Errorf("the order has the keys %v, want one", sent.Keys)
			}
			if diff := cmp.Diff(row.want, sent.Keys); row.want != nil && diff != "" {
				t.Errorf("the keys differ (-want +got):\n%s", diff)
			}
			if made := count(ocean, "POST /v2/account/keys"); made != row.made {
				t.Errorf("%d keys were registered, want %d", made, row.made)
			}
		})
	}
}

func TestSeedsTokenAuthenticatesEveryCall(t *testing.T) {
	ocean := oceantest.New(oceantest.Options{Token: token})
	heard := &bearers{next: ocean.Transport(), by: map[string]string{}}
	provider := New(Config{Token: token, Installation: "here", Transport: heard})
	made, err := provider.Create(t.Context(), spec())
	if err != nil {
		t.Fatalf("create: %v", err)
	}
	if _, err := provider.Inspect(t.Context(), made.ID); err != nil {
		t.Fatalf("get: %v", err)
	}
	if err := provider.Destroy(t.Context(), made.ID); err != nil {
		t.Fatalf("delete: %v", err)
	}
	for row, call := range map[string]string{
		"create droplet": "POST /v2/droplets",
		"get droplet":    "GET /v2/droplets",
		"delete droplet": "DELETE /v2/droplets/" + made.ID,
	} {
		if got := heard.by[call]; got != "Bearer "+token {
			t.Errorf("%s: authenticated by %q", row, got)
		}
	}
}

// Whoever makes a token reads the page, and is refused for what it leaves out.
func TestThePageNamesTheScopesThatAreNeeded(t *testing.T) {
	page, err := os.ReadFile("../../../docs/digitalocean.md")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`\b[a-z_]+:(create|read|update|delete)\b`).FindAllString(string(page), -1)
	slices.Sort(named)
	want := slices.Sorted(slices.Values(Scopes()))
	if diff := cmp.Diff(want, slices.Compact(named)); diff != "" {
		t.Errorf("the scopes differ (-want +got):\n%s", diff)
	}
}

// Private

// bearers keeps what each kind of call was authenticated by.
type bearers struct {
	next http.RoundTripper

	mu sync.Mutex
	by map[string]string
}

func (b *bearers) RoundTrip(r *http.Request) (*http.Response, error) {
	b.mu.Lock()
	b.by[r.Method+" "+r.URL.Path] = r.Header.Get("Authorization")
	b.mu.Unlock()
	return b.next.RoundTrip(r)
}
