package config

import (
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// Setting is a line of the configuration as people are shown it.
type Setting struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Describe lists the settings in force. Secrets are named, not shown.
func (c Config) Describe() []Setting {
	authSecret := "in " + c.SecretFile()
	if len(c.AuthSecret) > 0 {
		authSecret = "set"
	}
	previous := "none"
	if c.AuthSecretPrevious != nil {
		previous = "set"
	}
	return []Setting{
		{"AUTH_URL", c.URL.String()},
		{"AUTH_SECRET", authSecret},
		{"AUTH_SECRET_PREVIOUS", previous},
		{"DICTUMAL_LISTEN", c.Listen},
		{"DICTUMAL_DATA_DIR", c.DataDir},
		{"DATABASE_URL", c.database()},
		{"DICTUMAL_DRAIN", length(c.Drain)},
		{"DICTUMAL_PROVIDER", c.Provider},
		{"DICTUMAL_STREAM", orElse(string(c.Stream), "the provider's default")},
		{"DICTUMAL_ALLOW", orElse(strings.Join(c.Allow, ", "), "nobody besides the local user")},
		{"DICTUMAL_ADMIN", orElse(strings.Join(c.Admin, ", "), c.firstAdmin())},
		{"AUTH_GOOGLE_ID", orElse(c.provider(google).ID, "none")},
		{"AUTH_OIDC_ISSUER", orElse(c.provider(generic).Issuer, "none")},
		{"AUTH_OIDC_ID", orElse(c.provider(generic).ID, "none")},
		{"DICTUMAL_CONFIGURING_TIMEOUT", length(c.ConfiguringTimeout)},
		{"DICTUMAL_GRACE", length(c.Grace)},
		{"DICTUMAL_ERROR_KEEP", length(c.ErrorKeep)},
		{"DICTUMAL_MAX_MACHINES", fmt.Sprint(c.MaxMachines)},
		{"DICTUMAL_MAX_MACHINES_PER_USER", fmt.Sprint(c.MaxMachinesPerUser)},
		{"DICTUMAL_MAX_TTL", length(c.MaxTTL)},
		{"DICTUMAL_MAX_SPEND", spend(c.MaxSpend)},
		{"DICTUMAL_MAX_SPEND_PER_USER", spend(c.MaxSpendPerUser)},
		{"DICTUMAL_TLS_CERT_FILE", orElse(c.TLSCert, "none")},
		{"DICTUMAL_TRUSTED_PROXIES", orElse(networks(c.TrustedProxies), "none")},
		{"NEXT_PUBLIC_STREAM_GATEWAY_HOST", orElse(string(c.GatewayHost), "none: the machine's own address")},
		{"GUACAMOLE_IMAGE", orElse(c.GuacamoleImage, "the official one")},
		{"GUACD_IMAGE", orElse(c.GuacdImage, "the official one")},
		{"DIGITALOCEAN_API_TOKEN", c.DigitalOcean.token()},
		{"DIGITALOCEAN_API_URL", orElse(c.DigitalOcean.URL, "DigitalOcean's own")},
		{"DIGITALOCEAN_IMAGE_SLUG", orElse(c.DigitalOcean.ImageSlug, "none")},
		{"DIGITALOCEAN_USE_LATEST_UBUNTU_IMAGE", fmt.Sprint(c.DigitalOcean.UseLatestUbuntu)},
		{"DIGITALOCEAN_SSH_KEYS", orElse(strings.Join(c.DigitalOcean.SSHKeys, ", "), "one of the installation's own, which opens nothing")},
		{"INCUS_SOCKET", c.Incus.Socket},
		{"INCUS_PROJECT", c.Incus.Project},
		{"INCUS_IMAGE", c.Incus.Image},
		{"DICTUMAL_LOG_FORMAT", c.Log.format()},
		{"DICTUMAL_LOG_LEVEL", strings.ToLower(c.Log.Level.String())},
	}
}

// Private

func (c Config) database() string {
	if !c.Postgres() {
		return "none: SQLite in " + c.Database()
	}
	return c.DatabasePlace()
}

// length writes a length of time as people would: 20m, not 20m0s.
func length(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

func networks(all []netip.Prefix) string {
	words := make([]string, 0, len(all))
	for _, network := range all {
		words = append(words, network.String())
	}
	return strings.Join(words, ", ")
}

func (d DigitalOcean) token() string {
	if d.Token == "" {
		return "none"
	}
	return "set"
}

func spend(most float64) string {
	if most == 0 {
		return "none"
	}
	return fmt.Sprintf("%.2f USD a month", most)
}

func orElse(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}
