package config

import (
	"net"
	"net/url"
	"slices"
	"strings"
)

// IdentityProvider is one by which people sign in.
type IdentityProvider struct {
	Name   string // "google" or "oidc"; the last part of its callback
	Issuer string // empty: Google's
	ID     string // by which the provider knows this server
	Secret string
}

// Label is what people call the provider.
func (p IdentityProvider) Label() string {
	if p.Name == google {
		return "Google"
	}
	issuer, err := url.Parse(p.Issuer)
	if err != nil {
		return p.Issuer
	}
	return issuer.Host
}

// Private

// The names of the providers.
const (
	google  = "google"
	generic = "oidc"
)

// everybody stands in a list for all whom the provider lets in.
const everybody = "*"

func (r *reader) identityProviders() (all []IdentityProvider) {
	p := IdentityProvider{Name: google, ID: r.text("AUTH_GOOGLE_ID", ""), Secret: r.text("AUTH_GOOGLE_SECRET", "")}
	if p.ID != "" || p.Secret != "" { // half of one is a fault of its own
		all = append(all, p)
	}
	p = IdentityProvider{
		Name: generic, Issuer: r.text("AUTH_OIDC_ISSUER", ""), ID: r.text("AUTH_OIDC_ID", ""), Secret: r.text("AUTH_OIDC_SECRET", ""),
	}
	if p.Issuer != "" || p.ID != "" || p.Secret != "" {
		all = append(all, p)
	}
	return all
}

// provider is the one with a name; of one that there is not, nothing is set.
func (c Config) provider(name string) IdentityProvider {
	for _, p := range c.IdentityProviders {
		if p.Name == name {
			return p
		}
	}
	return IdentityProvider{}
}

// firstAdmin says who is an admin where nobody is named.
func (c Config) firstAdmin() string {
	if len(c.IdentityProviders) == 0 {
		return "the local user"
	}
	return "whoever signs in first"
}

// people reads a list of e-mails and domains as they are compared.
func (r *reader) people(name string) []string {
	all := r.list(name)
	for i := range all {
		all[i] = strings.ToLower(all[i])
	}
	return all
}

func (r *reader) checkSignIn(c Config) {
	r.checkTogether("AUTH_GOOGLE_ID", "AUTH_GOOGLE_SECRET")
	r.checkTogether("AUTH_OIDC_ISSUER", "AUTH_OIDC_ID", "AUTH_OIDC_SECRET")
	r.checkIssuer(r.text("AUTH_OIDC_ISSUER", ""))
	r.checkPeople(c)
}

// checkTogether wants all of some variables, or none.
func (r *reader) checkTogether(names ...string) {
	var missing []string
	for _, name := range names {
		if r.text(name, "") == "" {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 && len(missing) < len(names) {
		r.fault("%s must be set together; missing: %s.", list(names), list(missing))
	}
}

// checkIssuer keeps codes, secrets and people's names from travelling in the clear.
func (r *reader) checkIssuer(address string) {
	if address == "" {
		return
	}
	issuer, err := url.Parse(address)
	switch {
	case err == nil && issuer.User != nil, err != nil && strings.Contains(address, "@"):
		r.fault("AUTH_OIDC_ISSUER holds a name or a password, which would be shown; leave them out.")
	case err != nil || issuer.Host == "" || issuer.Scheme != "http" && issuer.Scheme != "https" || issuer.RawQuery != "" || issuer.Fragment != "":
		r.fault("AUTH_OIDC_ISSUER is %q and must be a whole address like https://id.example.org/realms/people, as the provider itself writes it.", address)
	case issuer.Scheme == "http" && !isLoopback(issuer.Hostname()):
		r.fault("AUTH_OIDC_ISSUER is %q: plain http is for loopback only, because anyone on the way could sign in as anybody; write https://.", address)
	}
}

// checkPeople wants to be told who may come in, and who decides where all may.
func (r *reader) checkPeople(c Config) {
	all := slices.Contains(c.Allow, everybody)
	for _, person := range c.Allow {
		if person != everybody && !isPerson(person) {
			r.fault("DICTUMAL_ALLOW holds %q and must list e-mails like ada@example.org or domains like example.org, with commas between, or be * for everybody whom the provider lets in.", person)
		}
	}
	for _, person := range c.Admin {
		if !isPerson(person) || !strings.Contains(person, "@") {
			r.fault("DICTUMAL_ADMIN holds %q and must list e-mails like ada@example.org, with commas between.", person)
		}
	}
	switch {
	case len(c.IdentityProviders) == 0:
		for _, name := range []string{"DICTUMAL_ALLOW", "DICTUMAL_ADMIN"} {
			if r.text(name, "") != "" {
				r.fault("%s is set and speaks of people who sign in by an identity provider, of which there is none; set AUTH_GOOGLE_ID or AUTH_OIDC_ISSUER, or unset it.", name)
			}
		}
	case len(c.Allow) == 0:
		r.fault("DICTUMAL_ALLOW is not set, and with an identity provider it must say who may come in: e-mails, domains, or * for everybody whom the provider lets in.")
	case all && len(c.Allow) > 1:
		r.fault("DICTUMAL_ALLOW holds *, which is everybody, and others besides; leave out one or the other.")
	case all && len(c.Admin) == 0:
		r.fault("DICTUMAL_ALLOW is *, and whoever came first would be the admin; set DICTUMAL_ADMIN to the e-mails of those who are to be.")
	}
}

// checkReach keeps a server that knows a single local user to this machine, and one
// that others reach behind TLS.
func (r *reader) checkReach(c Config) {
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return // it was told already
	}
	own, told := isLoopback(c.URL.Hostname()), r.alias("AUTH_URL", "NEXTAUTH_URL") != ""
	alone := len(c.IdentityProviders) == 0
	switch {
	case alone && !isLoopback(host):
		r.fault("DICTUMAL_LISTEN is %q, which others can reach; without an identity provider it must be on loopback like 127.0.0.1:8080.", c.Listen)
	case !isLoopback(host) && !told:
		r.fault("AUTH_URL is not set, and DICTUMAL_LISTEN is %q, which others can reach; set AUTH_URL to where browsers find this server, like https://desktops.example.org.", c.Listen)
	case !isLoopback(host) && c.URL.Scheme != "https":
		r.fault("AUTH_URL is %q and DICTUMAL_LISTEN %q, which others can reach; sessions would pass in the clear: write https://, or listen on loopback.", c.URL, c.Listen)
	}
	switch {
	case own || !told:
	case c.URL.Scheme == "http":
		r.fault("AUTH_URL is %q: plain http is for loopback only, because passwords and desktops would pass in the clear; write https://.", c.URL)
	case alone:
		r.fault("AUTH_URL is %q, which others can reach; without an identity provider it must be on loopback like http://127.0.0.1:8080.", c.URL)
	}
}

func isPerson(entry string) bool {
	_, host, address := strings.Cut(entry, "@")
	if !address {
		host = entry
	}
	plain := !strings.ContainsFunc(entry, func(c rune) bool { return c <= ' ' || c > '~' })
	return plain && !strings.HasPrefix(entry, "@") && strings.Contains(host, ".") && !strings.ContainsAny(host, "@*/:")
}

func list(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
