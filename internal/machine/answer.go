package machine

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/dictumal/dictumal"
)

// The bounds of what a machine may say about itself.
const (
	maxAnswer  = 64 << 10
	maxCause   = 500
	maxTitle   = 120
	maxDialogs = 8
	maxSkew    = 24 * time.Hour
)

// Private

// answer is what the probe command prints.
type answer struct {
	Bootstrap string          `json:"bootstrap"`
	Reason    dictumal.Reason `json:"reason"`
	Cause     string          `json:"cause"`
	VNC       bool            `json:"vnc"`
	Desktop   bool            `json:"desktop"`
	Dialogs   []string        `json:"dialogs"`
	Now       *float64        `json:"now"` // seconds since 1970
}

// read takes over what a machine says, as far as it makes sense. It said so at
// the given time by our clock.
func (r *Report) read(text []byte, at time.Time) error {
	var a answer
	if err := json.Unmarshal(text, &a); err != nil {
		return fmt.Errorf("read the probe's answer: %w", err)
	}
	switch a.Bootstrap {
	case "running", "done":
		r.Bootstrap = a.Bootstrap
	case "failed":
		r.Bootstrap, r.Failure = a.Bootstrap, failure(a.Reason, plain(a.Cause, maxCause))
	default:
		return fmt.Errorf("read the probe's answer: the bootstrap is in the unknown state %q", plain(a.Bootstrap, 20))
	}
	r.VNC, r.Desktop = a.VNC, a.Desktop
	for _, title := range a.Dialogs[:min(len(a.Dialogs), maxDialogs)] {
		r.Dialogs = append(r.Dialogs, plain(title, maxTitle))
	}
	if a.Now != nil {
		r.Clock, r.Clocked = skew(*a.Now, at), true
	}
	return nil
}

// skew is by how much a clock that shows now is ahead of ours.
func skew(now float64, at time.Time) time.Duration {
	seconds := now - float64(at.UnixMicro())/1e6
	seconds = min(max(seconds, -maxSkew.Seconds()), maxSkew.Seconds())
	return time.Duration(seconds * float64(time.Second))
}

func failure(reason dictumal.Reason, cause string) *dictumal.Failure {
	f := &dictumal.Failure{Reason: reason, Cause: cause}
	switch reason {
	case dictumal.ReasonPackageUnknown:
		f.NextStep = "Correct the package's name in the constitution and deploy again."
	case dictumal.ReasonDesktopFailed:
		f.NextStep = "Read the boot log for what the desktop said, then deploy again."
	default:
		f.Reason = dictumal.ReasonBootstrapFailed
		f.NextStep = "Read the boot log for what failed, then deploy again."
	}
	if f.Cause == "" {
		f.Cause = "The machine's bootstrap failed without saying why."
	}
	return f
}

// plain makes a machine's text fit to be shown: no control characters, none
// that turn the direction of writing, and not too long.
func plain(text string, limit int) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	runes := []rune(strings.TrimSpace(text))
	if len(runes) <= limit {
		return string(runes)
	}
	return string(runes[:limit-1]) + "…"
}
