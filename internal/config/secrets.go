package config

// Secrets lists what must never be told, for whoever keeps it out of logs.
func (c Config) Secrets() []string {
	all := []string{string(c.AuthSecret), string(c.AuthSecretPrevious), c.DigitalOcean.Token}
	for _, provider := range c.IdentityProviders {
		all = append(all, provider.Secret)
	}
	if c.Postgres() {
		all = append(all, c.databaseSecrets()...)
	}
	return all
}
