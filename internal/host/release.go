package host

import (
	"os"
	"strings"
)

// release is the distribution that the host runs.
type release struct{ codename string }

// readRelease gives an empty one where the host does not say.
func readRelease() release {
	text, err := os.ReadFile("/etc/os-release")
	if err != nil {
		return release{}
	}
	return parseRelease(string(text))
}

func parseRelease(text string) release {
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), "VERSION_CODENAME="); ok {
			return release{codename: strings.Trim(value, `"'`)}
		}
	}
	return release{}
}
