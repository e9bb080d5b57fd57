package config

import (
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/dictumal/dictumal"
)

// What DigitalOcean's names look like, and those of container images and hosts.
var (
	dropletImage = regexp.MustCompile(`^([0-9]+|[a-z0-9][a-z0-9.-]*)$`)
	accountKey   = regexp.MustCompile(`^([0-9]+|([0-9a-f]{2}:){15}[0-9a-f]{2})$`)
	image        = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9._:/-]*(@sha256:[0-9a-f]{64})?$`)
	hostName     = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:[0-9]{1,5})?$`)
)

// Private

func (r *reader) digitalOcean() DigitalOcean {
	return DigitalOcean{
		Token:           r.text("DIGITALOCEAN_API_TOKEN", ""),
		URL:             strings.TrimSuffix(r.text("DIGITALOCEAN_API_URL", ""), "/"),
		ImageSlug:       r.text("DIGITALOCEAN_IMAGE_SLUG", ""),
		UseLatestUbuntu: r.truth("DIGITALOCEAN_USE_LATEST_UBUNTU_IMAGE"),
		SSHKeys:         r.list("DIGITALOCEAN_SSH_KEYS"),
	}
}

func (r *reader) checkProvider(c Config) {
	r.checkEndpoint(c.DigitalOcean.URL)
	switch c.Provider {
	case "incus":
		r.checkIncus(c)
	case "digitalocean":
		r.checkDigitalOcean(c.DigitalOcean)
	default:
		r.fault("DICTUMAL_PROVIDER is %q and must be incus or digitalocean.", c.Provider)
	}
}

func (r *reader) checkDigitalOcean(d DigitalOcean) {
	if d.Token == "" {
		r.fault("DIGITALOCEAN_API_TOKEN is not set, and the digitalocean provider needs it; make a token in DigitalOcean's control panel under API.")
	}
	// No header takes such a token: no call would ever be sent.
	if strings.ContainsFunc(d.Token, func(c rune) bool { return c <= ' ' || c > '~' }) {
		r.fault("DIGITALOCEAN_API_TOKEN holds a blank, a line break or a character that no token has; set it to the token alone.")
	}
	if d.ImageSlug != "" && !dropletImage.MatchString(d.ImageSlug) {
		r.fault("DIGITALOCEAN_IMAGE_SLUG is %q and must be a slug like ubuntu-24-04-x64, or the number of an image.", d.ImageSlug)
	}
	for _, key := range d.SSHKeys {
		if !accountKey.MatchString(key) {
			r.fault("DIGITALOCEAN_SSH_KEYS holds %q and must list ids like 512189 or fingerprints like 3b:16:…, with commas between.", key)
		}
	}
}

// checkEndpoint keeps the token from travelling in the clear, and others from being
// shown, as an address is.
func (r *reader) checkEndpoint(address string) {
	if address == "" {
		return
	}
	parsed, err := url.Parse(address)
	switch {
	case err == nil && parsed.User != nil, err != nil && strings.Contains(address, "@"):
		r.fault("DIGITALOCEAN_API_URL holds a name or a password, which would be shown; leave them out.")
	case err != nil || parsed.Host == "" || parsed.Scheme != "http" && parsed.Scheme != "https":
		r.fault("DIGITALOCEAN_API_URL is %q and must be a whole address like https://api.digitalocean.com.", address)
	case parsed.Scheme == "http" && !isLoopback(parsed.Hostname()):
		r.fault("DIGITALOCEAN_API_URL is %q: plain http is for loopback only, because the token would pass in the clear; write https://.", address)
	}
}

func (r *reader) checkStream(c Config) {
	switch c.Stream {
	case "", dictumal.Native, dictumal.Guacamole:
	default:
		r.fault("DICTUMAL_STREAM is %q and must be native or guacamole.", c.Stream)
	}
	// The host of one machine, where the name holds its id.
	host := c.GatewayHost.Of("x")
	bare := c.GatewayHost.PerDeployment() && !strings.Contains(host, ".") // the authority would vouch for everybody
	if c.GatewayHost != "" && (bare || !hostName.MatchString(host)) {
		r.fault("NEXT_PUBLIC_STREAM_GATEWAY_HOST is %q and must be a host name like stream.example.org or {id}.stream.example.org.", c.GatewayHost)
	}
	for name, value := range map[string]string{"GUACAMOLE_IMAGE": c.GuacamoleImage, "GUACD_IMAGE": c.GuacdImage} {
		if value != "" && !image.MatchString(value) {
			r.fault("%s is %q and must name a container image like registry.example.org/guacamole:1.6.0.", name, value)
		}
	}
}

func (r *reader) checkIncus(c Config) {
	if !filepath.IsAbs(c.Incus.Socket) {
		r.fault("INCUS_SOCKET is %q and must be a whole path like /var/lib/incus/unix.socket.", c.Incus.Socket)
	}
	// Other projects hold other people's machines; the program makes and removes
	// what is in its own.
	if slices.Contains([]string{"", "default"}, c.Incus.Project) || strings.ContainsAny(c.Incus.Project, " /?&") {
		r.fault("INCUS_PROJECT is %q and must name a project of Dictumal's own like dictumal.", c.Incus.Project)
	}
	if strings.ContainsAny(c.Incus.Image, " /?&") {
		r.fault("INCUS_IMAGE is %q and must be the alias of an image like dictumal-desktop.", c.Incus.Image)
	}
}
