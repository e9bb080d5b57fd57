package config

import (
	"bytes"
	"net"
	"os"
	"strconv"
	"time"
)

// maxSocket is the longest path that a Unix socket may have.
const maxSocket = 107

// minSecret is the fewest bytes from which keys may be derived.
const minSecret = 32

// The bounds of how long a machine may be made to live.
const (
	minTTL = 5 * time.Minute
	maxTTL = 365 * 24 * time.Hour
)

// check finds what is wrong between variables.
func (r *reader) check(c Config) {
	r.checkListen(c.Listen)
	r.checkReach(c)
	r.checkTLS(c)
	r.checkSignIn(c)
	r.checkDatabase(c)
	r.checkLimits(c)
	r.checkProvider(c)
	r.checkStream(c)
	if len(c.AuthSecret) > 0 && len(c.AuthSecret) < minSecret {
		r.fault("AUTH_SECRET has %d bytes and must have at least %d; make one with: openssl rand -base64 32", len(c.AuthSecret), minSecret)
	}
	r.checkPrevious(c)
}

// Private

// checkPrevious wants a former secret to be one.
func (r *reader) checkPrevious(c Config) {
	switch {
	case c.AuthSecretPrevious == nil:
	case len(c.AuthSecretPrevious) < minSecret:
		r.fault("AUTH_SECRET_PREVIOUS has %d bytes, and no secret of an installation has less than %d; set it to the one that was AUTH_SECRET before.",
			len(c.AuthSecretPrevious), minSecret)
	case bytes.Equal(c.AuthSecretPrevious, c.AuthSecret):
		r.fault("AUTH_SECRET_PREVIOUS is the same as AUTH_SECRET; set AUTH_SECRET to a new one, or unset AUTH_SECRET_PREVIOUS.")
	}
}

func (r *reader) checkListen(listen string) {
	_, port, err := net.SplitHostPort(listen)
	if _, portErr := strconv.ParseUint(port, 10, 16); err != nil || portErr != nil {
		r.fault("DICTUMAL_LISTEN is %q and must be host and port like 127.0.0.1:8080.", listen)
	}
}

func (r *reader) checkTLS(c Config) {
	r.checkFile("DICTUMAL_TLS_CERT_FILE", c.TLSCert)
	r.checkFile("DICTUMAL_TLS_KEY_FILE", c.TLSKey)
	switch {
	case (c.TLSCert == "") != (c.TLSKey == ""):
		r.fault("DICTUMAL_TLS_CERT_FILE and DICTUMAL_TLS_KEY_FILE must be set together.")
	case c.TLSCert != "" && c.URL.Scheme != "https":
		r.fault("AUTH_URL is %q and must begin with https://, because DICTUMAL_TLS_CERT_FILE is set.", c.URL)
	}
}

func (r *reader) checkFile(name, path string) {
	if path == "" {
		return
	}
	file, err := os.Open(path)
	if err != nil {
		r.fault("%s cannot be read: %v.", name, err)
		return
	}
	_ = file.Close()
}

func (r *reader) checkLimits(c Config) {
	if c.Grace < MinGrace {
		r.fault("DICTUMAL_GRACE is %s and must be at least %s, three leases and one call; a shorter one could make a machine twice.", c.Grace, MinGrace)
	}
	if c.MaxMachinesPerUser > c.MaxMachines && r.text("DICTUMAL_MAX_MACHINES_PER_USER", "") != "" {
		r.fault("DICTUMAL_MAX_MACHINES_PER_USER is %d and DICTUMAL_MAX_MACHINES %d; one user cannot have more than all.", c.MaxMachinesPerUser, c.MaxMachines)
	}
	if c.MaxSpend > 0 && c.MaxSpendPerUser > c.MaxSpend {
		r.fault("DICTUMAL_MAX_SPEND_PER_USER is %.2f and DICTUMAL_MAX_SPEND %.2f; one user cannot spend more than all.", c.MaxSpendPerUser, c.MaxSpend)
	}
	if excess := len(c.ControlSocket()) - maxSocket; excess > 0 {
		r.fault("DICTUMAL_DATA_DIR is %q, by %d bytes too long for the socket of the command line in it; choose a shorter path.", c.DataDir, excess)
	}
	if c.MaxTTL < minTTL || c.MaxTTL > maxTTL {
		r.fault("DICTUMAL_MAX_TTL is %s and must be from 5m to 8760h, a year: until when machines can be extended, counted from their order.", c.MaxTTL)
	}
}
