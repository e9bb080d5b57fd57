package guacamole

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// TokenLife is how long a login may be on its way from here to Guacamole.
const TokenLife = 5 * time.Minute

// Login lets one browser in, once, to one desktop.
type Login struct {
	// Expires is by the machine's clock, to the millisecond.
	Expires    time.Time
	Connection Connection
}

// Connection is the desktop as Guacamole reaches it.
type Connection struct {
	Name     string // as the browser shows it
	Password string // of the VNC server
	ReadOnly bool   // the viewer may watch only
	NoCopy   bool   // no text leaves the machine
	NoPaste  bool   // no text enters it
}

// Token writes a login that only the Guacamole with the key can read, and that
// only who has the key can write. The error says what is missing from it.
func Token(key []byte, login Login) (string, error) {
	if err := login.check(); err != nil {
		return "", fmt.Errorf("write a Guacamole login: %w", err)
	}
	text, err := json.Marshal(login.message())
	if err != nil {
		return "", fmt.Errorf("write a Guacamole login: %w", err)
	}
	token, err := encrypt(key, text)
	if err != nil {
		return "", fmt.Errorf("write a Guacamole login: %w", err)
	}
	return token, nil
}

// LaunchURL is where a browser goes with a token. What stands behind the # is
// never sent to a server by the browser itself, and so is in no access log.
func LaunchURL(host, token string) string {
	if address, err := netip.ParseAddr(host); err == nil && address.Is6() {
		host = "[" + host + "]"
	}
	return "https://" + host + "/guacamole/#/?data=" + url.QueryEscape(token)
}

// Private

func (l Login) check() error {
	switch {
	case l.Expires.UnixMilli() <= 0:
		return errors.New("it has no end")
	case l.Connection.Password == "":
		return errors.New("it has no password")
	case l.Connection.Name == "" || strings.ContainsRune(l.Connection.Name, 0):
		// Guacamole makes the connection's address of the name, up to a NUL.
		return errors.New("its connection has no name that Guacamole can show")
	}
	return nil
}
