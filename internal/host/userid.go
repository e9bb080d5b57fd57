package host

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// userIDs gives root a range of user ids to lend to containers. Each container
// gets 65,536 of its own, so the range is wide.
func (s *setup) userIDs(context.Context) error {
	for _, path := range []string{"/etc/subuid", "/etc/subgid"} {
		if err := ensureRange(path); err != nil {
			return err
		}
	}
	return nil
}

func ensureRange(path string) error {
	text, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("read %s: %w", path, err)
	}
	if hasRange(string(text)) {
		return nil
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	defer func() { _ = file.Close() }()
	if _, err := fmt.Fprintf(file, "root:%d:1000000000\n", firstFree(string(text))); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

func hasRange(text string) bool {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "root:") {
			return true
		}
	}
	return false
}

// firstFree is where a range may begin: behind everybody's, and not before a
// million, which leaves room for users to come.
func firstFree(text string) int {
	first := 1_000_000
	for line := range strings.Lines(text) {
		fields := strings.Split(strings.TrimSpace(line), ":")
		if len(fields) != 3 {
			continue
		}
		start, startErr := strconv.Atoi(fields[1])
		count, countErr := strconv.Atoi(fields[2])
		if startErr == nil && countErr == nil {
			first = max(first, start+count)
		}
	}
	return first
}
