// Package digitalocean makes machines as droplets.
package digitalocean

import (
	"cmp"
	"net/http"
	"strings"
	"time"

	"github.com/digitalocean/godo"
	"golang.org/x/oauth2"

	"github.com/dictumal/dictumal"
)

const (
	// callTimeout is how long one call may take.
	callTimeout = 20 * time.Second
	// checkEvery is how long what changes seldom is believed: the catalog, the
	// images, and that the firewall stands.
	checkEvery = 10 * time.Minute
)

// Config says which account, and whose machines.
type Config struct {
	Token        string
	URL          string // empty: DigitalOcean's
	Installation string
	// ImageSlug is the image of machines, or its id; empty: chosen here.
	ImageSlug       string
	UseLatestUbuntu bool
	// SSHKeys are ids or fingerprints of keys of the account.
	SSHKeys []string
	// Transport sends the calls; nil: http.DefaultTransport.
	Transport http.RoundTripper
	// Ledger counts the calls of all replicas; nil: there is this one alone, and it
	// counts its calls itself for as long as it runs.
	Ledger Ledger
	// Shelf is where replicas share the lists of machines; nil: there is this one alone.
	Shelf Shelf
	// Observe is told of each call, also of those that were held back; it may be nil.
	Observe func(Call)
}

// Provider makes machines in one account of DigitalOcean.
type Provider struct {
	config Config
	client *godo.Client
	gate   *gate
	roster *roster
	offer  *remembered[dictumal.Catalog]
	images *remembered[[]godo.Image]
	keys   *remembered[[]godo.DropletCreateSSHKey]
	wall   *remembered[wall]
	payer  *remembered[string]
}

var (
	_ dictumal.Provider = (*Provider)(nil)
	_ dictumal.Payer    = (*Provider)(nil)
	_ dictumal.Reporter = (*Provider)(nil)
)

// New makes the provider; it asks nothing yet.
func New(config Config) *Provider {
	gate := &gate{base: cmp.Or[http.RoundTripper](config.Transport, http.DefaultTransport), observe: config.Observe, common: newCommon(config.Ledger), born: time.Now()}
	// A client of godo's own making would repeat orders, and pay for each.
	client := godo.NewClient(&http.Client{
		Timeout: callTimeout,
		// Wrapped, since oauth2 prints a line of its own when a call takes too long.
		Transport: struct{ http.RoundTripper }{&oauth2.Transport{
			Source: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: config.Token}),
			Base:   gate,
		}},
		// The token goes to nobody else, and an order is not sent twice.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	})
	client.UserAgent = "dictumal"
	if config.URL != "" {
		gate.broken = godo.SetBaseURL(strings.TrimSuffix(config.URL, "/") + "/")(client)
	}
	p := &Provider{config: config, client: client, gate: gate}
	p.roster = newRoster(p.droplets, p.droplet)
	p.roster.library.shelf, p.roster.library.source = config.Shelf, source(config)
	p.offer = remember(checkEvery, p.readOffer)
	p.images = remember(checkEvery, p.readImages)
	p.keys = remember(24*time.Hour, p.readKeys)
	p.wall = remember(checkEvery, p.raiseWall)
	p.payer = remember(24*time.Hour, p.readPayer)
	return p
}

// Traits says what is particular to DigitalOcean: its list may lag behind, so
// one absence proves nothing.
func (p *Provider) Traits() dictumal.Traits {
	return dictumal.Traits{
		Name:          "digitalocean",
		DefaultStream: dictumal.Guacamole,
		Absences:      3,
		AbsenceSpan:   absenceSpan,
		PollEvery:     5 * time.Second,
		// By the second since 2026, with a month that costs no more after 672 hours.
		Billing: dictumal.Billing{Unit: time.Second, Minimum: time.Minute, Least: 0.01, MonthHours: 672},
	}
}

// Scopes lists what the token must be allowed. DigitalOcean itself asks for
// reading actions, snapshots and networks of a token that may create droplets.
func Scopes() []string {
	return []string{
		"account:read", "actions:read",
		"droplet:create", "droplet:read", "droplet:update", "droplet:delete",
		"firewall:create", "firewall:read", "firewall:update",
		"image:read", "regions:read", "sizes:read", "snapshot:read",
		"ssh_key:create", "ssh_key:read", "tag:create", "tag:read", "vpc:read",
	}
}

// Private

// mark is the name of what the installation has once: tag, firewall and key.
func (p *Provider) mark() string { return "dictumal-" + p.config.Installation }

func (p *Provider) ours(name string) bool {
	_, ok := dictumal.ParseMachineName(p.config.Installation, name)
	return ok
}
