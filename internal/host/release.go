package host

import (
	"bufio"
	"fmt"
	"os"
	"strings"
)

// release is the distribution that the host runs.
type release struct{ id, codename, name string }

func readRelease() (release, error) {
	file, err := os.Open("/etc/os-release")
	if err != nil {
		return release{}, fmt.Errorf("find out the distribution: %w", err)
	}
	defer func() { _ = file.Close() }()
	values := map[string]string{}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		key, value, _ := strings.Cut(lines.Text(), "=")
		values[key] = strings.Trim(value, `"`)
	}
	return release{values["ID"], values["VERSION_CODENAME"], values["PRETTY_NAME"]}, lines.Err()
}
