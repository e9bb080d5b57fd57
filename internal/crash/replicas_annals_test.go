package crash_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// annals is what has happened: to everything, and to each deployment.
type annals struct {
	mu    sync.Mutex
	lines []line
}

type line struct {
	at    time.Time
	about string // a deployment, or the key that it was ordered with; empty: everything
	text  string
}

func (a *annals) note(about, format string, args ...any) {
	a.add(line{time.Now(), about, fmt.Sprintf(format, args...)})
}

func (a *annals) add(lines ...line) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.lines = append(a.lines, lines...)
}

// history is that of one deployment, with what happened to everything meanwhile.
func (a *annals) history(about ...string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var own []line
	for _, l := range a.lines {
		if slices.Contains(about, l.about) {
			own = append(own, l)
		}
	}
	if len(own) == 0 {
		return "nothing is known of it"
	}
	byTime := func(a, b line) int { return a.at.Compare(b.at) }
	from, to := slices.MinFunc(own, byTime).at.Add(-10*time.Second), slices.MaxFunc(own, byTime).at
	for _, l := range a.lines {
		if l.about == "" && !slices.Contains(about, "") && l.at.After(from) && l.at.Before(to) {
			own = append(own, l)
		}
	}
	slices.SortStableFunc(own, byTime)
	var text strings.Builder
	for _, l := range own {
		fmt.Fprintf(&text, "%s %s\n", l.at.UTC().Format("15:04:05.000"), l.text)
	}
	return text.String()
}
