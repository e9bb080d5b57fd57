// Package config reads the configuration from the environment and checks it
// whole: every fault is a sentence that names the variable.
package config

import (
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/dictumal/dictumal"
)

// Lease is how long a worker holds a deployment before others may take it.
const Lease = 30 * time.Second

// MinGrace is the least time after which a lost answer may count as no machine:
// three leases, and one call to the provider.
const MinGrace = 3*Lease + 20*time.Second

// Config is what the operator of an installation decides.
type Config struct {
	Listen  string   // host:port
	URL     *url.URL // of this server as browsers see it, without a path
	TLSCert string   // files; empty: plain HTTP
	TLSKey  string
	// TrustedProxies may say for whom they ask; nobody else is believed.
	TrustedProxies []netip.Prefix
	DataDir        string
	DatabaseURL    string // of a PostgreSQL database, which several replicas may share; empty: SQLite in the data folder
	Provider       string
	Stream         dictumal.Stream // empty: the provider's default
	// AuthSecret is nil where it is to be made and kept in the data folder.
	AuthSecret []byte
	// AuthSecretPrevious opens what was sealed before AUTH_SECRET was changed; nil: nothing was.
	AuthSecretPrevious []byte
	// IdentityProviders are those by which people sign in; none: there is one local user.
	IdentityProviders []IdentityProvider
	Allow             []string // e-mails or domains that may sign in, in lower case; "*": everybody
	Admin             []string // e-mails in lower case; none: whoever signs in first

	Drain              time.Duration // for which a server that is to stop goes on answering
	ConfiguringTimeout time.Duration
	Grace              time.Duration
	ErrorKeep          time.Duration
	MaxMachines        int
	MaxMachinesPerUser int
	MaxTTL             time.Duration // past which no machine can be extended
	MaxSpend           float64       // USD in a calendar month; 0: no bound
	MaxSpendPerUser    float64

	// GatewayHost is where browsers find the guacamole stream of a machine, with or
	// without "{id}"; empty: at the machine's own address.
	GatewayHost    dictumal.GatewayHost
	GuacamoleImage string // empty: the official one, as is the next
	GuacdImage     string

	Incus        Incus
	DigitalOcean DigitalOcean
	Log          Log
}

// Incus says where the incus provider finds what it needs.
type Incus struct {
	Socket  string
	Project string
	Image   string
}

// DigitalOcean says how the digitalocean provider reaches its account, and from
// what it makes droplets.
type DigitalOcean struct {
	Token           string
	URL             string // empty: DigitalOcean's own
	ImageSlug       string
	UseLatestUbuntu bool
	SSHKeys         []string // ids or fingerprints
}

// Load reads the configuration from environ, as os.Environ gives it, and from
// envFile unless that is empty; the environment wins. Its error is [FaultsError].
func Load(environ []string, envFile string) (Config, error) {
	r, err := newReader(environ, envFile)
	if err != nil {
		return Config{}, err
	}
	c := r.config()
	r.check(c)
	if len(r.faults) > 0 {
		return Config{}, r.faults
	}
	return c, nil
}

// LoadRemote reads which server the command line is to talk to, and the token to
// do it with; both are empty where it is the one on this host.
func LoadRemote(environ []string, envFile string) (address, token string, err error) {
	r, err := newReader(environ, envFile)
	if err != nil {
		return "", "", err
	}
	address, token = r.text("DICTUMAL_URL", ""), r.text("DICTUMAL_TOKEN", "")
	if len(r.faults) > 0 {
		return "", "", r.faults
	}
	return address, token, nil
}

// SecureCookies tells whether browsers reach this server through TLS.
func (c Config) SecureCookies() bool { return c.URL.Scheme == "https" }

// SecretFile is the path of the secret that is made where AUTH_SECRET is not set.
func (c Config) SecretFile() string { return filepath.Join(c.DataDir, "auth-secret") }

// ControlSocket is the path of the socket that the command line talks to.
func (c Config) ControlSocket() string { return filepath.Join(c.DataDir, "control.sock") }

// Private

func (r *reader) config() Config {
	c := Config{
		Listen:            r.text("DICTUMAL_LISTEN", "127.0.0.1:8080"),
		TLSCert:           r.text("DICTUMAL_TLS_CERT_FILE", ""),
		TLSKey:            r.text("DICTUMAL_TLS_KEY_FILE", ""),
		TrustedProxies:    r.proxies(),
		DataDir:           r.text("DICTUMAL_DATA_DIR", "./data"),
		DatabaseURL:       r.text("DATABASE_URL", ""),
		Stream:            dictumal.Stream(r.text("DICTUMAL_STREAM", "")),
		IdentityProviders: r.identityProviders(),
		Allow:             r.people("DICTUMAL_ALLOW"),
		Admin:             r.people("DICTUMAL_ADMIN"),

		ConfiguringTimeout: r.duration("DICTUMAL_CONFIGURING_TIMEOUT", 20*time.Minute),
		Grace:              r.duration("DICTUMAL_GRACE", 120*time.Second),
		ErrorKeep:          r.duration("DICTUMAL_ERROR_KEEP", time.Hour),
		MaxMachines:        r.count("DICTUMAL_MAX_MACHINES", 10),
		MaxMachinesPerUser: r.count("DICTUMAL_MAX_MACHINES_PER_USER", 3),
		MaxTTL:             r.duration("DICTUMAL_MAX_TTL", 24*time.Hour),
		MaxSpend:           r.money("DICTUMAL_MAX_SPEND"),
		MaxSpendPerUser:    r.money("DICTUMAL_MAX_SPEND_PER_USER"),

		GatewayHost:    dictumal.GatewayHost(strings.ToLower(r.alias("NEXT_PUBLIC_STREAM_GATEWAY_HOST", "STREAM_GATEWAY_HOST"))),
		GuacamoleImage: r.text("GUACAMOLE_IMAGE", ""),
		GuacdImage:     r.text("GUACD_IMAGE", ""),

		Incus: Incus{
			Socket:  r.text("INCUS_SOCKET", "/var/lib/incus/unix.socket"),
			Project: r.text("INCUS_PROJECT", "dictumal"),
			Image:   r.text("INCUS_IMAGE", "dictumal-desktop"),
		},
		DigitalOcean: r.digitalOcean(),
		Log:          r.log(),
	}
	// A token of DigitalOcean's is there to be used.
	usual := "incus"
	if c.DigitalOcean.Token != "" {
		usual = "digitalocean"
	}
	c.Provider = r.text("DICTUMAL_PROVIDER", usual)
	if text := r.alias("AUTH_SECRET", "NEXTAUTH_SECRET"); text != "" {
		c.AuthSecret = []byte(text)
	}
	if text := r.text("AUTH_SECRET_PREVIOUS", ""); text != "" {
		c.AuthSecretPrevious = []byte(text)
	}
	c.Drain = r.drain(c)
	c.URL = r.address(c)
	return c
}

// address is AUTH_URL, or else where this server listens.
func (r *reader) address(c Config) *url.URL {
	scheme := "http"
	if c.TLSCert != "" {
		scheme = "https"
	}
	fallback := plainPort(&url.URL{Scheme: scheme, Host: c.Listen})
	text := r.alias("AUTH_URL", "NEXTAUTH_URL")
	if text == "" {
		return fallback
	}
	address, err := url.Parse(strings.TrimSuffix(text, "/"))
	if err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https" {
		r.fault("AUTH_URL is %q and must be a whole address like https://desktops.example.org.", text)
		return fallback
	}
	if address.Path != "" || address.RawQuery != "" || address.Fragment != "" || address.User != nil {
		r.fault("AUTH_URL is %q and must be scheme and host alone; this server needs a host of its own.", text)
		return fallback
	}
	return plainPort(address)
}

// plainPort leaves out the port that browsers leave out: what they send as host
// and origin is compared with this address.
func plainPort(address *url.URL) *url.URL {
	usual := map[string]string{"http": ":80", "https": ":443"}[address.Scheme]
	address.Host = strings.TrimSuffix(address.Host, usual)
	return address
}

// isLoopback tells whether only this machine reaches an address.
func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
