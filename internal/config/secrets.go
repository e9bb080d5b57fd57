package config

// Secrets lists what must never be told, for whoever keeps it out of logs.
func (c Config) Secrets() []string {
	return []string{string(c.AuthSecret), string(c.AuthSecretPrevious), c.DigitalOcean.Token}
}
