package browsertest

import (
	"regexp"
	"slices"
	"strings"
)

// Resolve is the origin to which an address leads a browser that is at the origin
// base, by the URL standard that browsers keep to and not by Go's: they drop line
// breaks, take a backslash for a slash, and pass over slashes that are too many. An
// address of a scheme without hosts gives the scheme alone.
func Resolve(base, address string) string {
	address = strings.TrimFunc(address, func(r rune) bool { return r <= ' ' })
	address = strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(address)
	here, _, _ := strings.Cut(base, ":")
	scheme, rest := here, address
	if found := regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.-]*):`).FindStringSubmatch(address); found != nil {
		scheme, rest = strings.ToLower(found[1]), address[len(found[0]):]
		if !slices.Contains([]string{"http", "https", "ws", "wss", "ftp"}, scheme) {
			return scheme + ":"
		}
	}
	rest = strings.ReplaceAll(rest, `\`, "/")
	if scheme == here && !strings.HasPrefix(rest, "//") {
		return base
	}
	host := strings.TrimLeft(rest, "/")
	if end := strings.IndexAny(host, "/?#"); end >= 0 {
		host = host[:end]
	}
	return scheme + "://" + strings.ToLower(host[strings.LastIndexByte(host, '@')+1:])
}
