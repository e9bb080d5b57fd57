package auth

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dictumal/dictumal"
)

// How long a token may be good for.
const (
	TokenLife    = 90 * day // unless told
	MinTokenLife = day
	MaxTokenLife = 365 * day
)

// Wish is what a new token should be.
type Wish struct {
	Email  string // of whom it stands for; empty: whoever asks
	Name   string
	Scopes []dictumal.Scope
	Life   time.Duration // 0: TokenLife
}

// ParseLife reads how long a token should be good for, in days ("90d") or in hours
// ("36h"); nothing is 0.
func ParseLife(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.ParseUint(days, 10, 16); err == nil {
			return time.Duration(n) * day, nil
		}
	}
	if life, err := time.ParseDuration(text); err == nil {
		return life, nil
	}
	return 0, badLife(fmt.Sprintf("%q is no lifetime of a token", text))
}

// Private

// settle fills in what was left open, and refuses what makes no token.
func (w Wish) settle() (Wish, error) {
	if w.Life == 0 {
		w.Life = TokenLife
	}
	if w.Life < MinTokenLife || w.Life > MaxTokenLife {
		return Wish{}, badLife("A token cannot live that long, or that short")
	}
	var known []dictumal.Scope
	for _, scope := range dictumal.Scopes() {
		if slices.Contains(w.Scopes, scope) {
			known = append(known, scope)
		}
	}
	for _, scope := range w.Scopes {
		if !slices.Contains(known, scope) {
			return Wish{}, badScopes(fmt.Sprintf("There is no scope %q", scope))
		}
	}
	if len(known) == 0 {
		return Wish{}, badScopes("A token without a scope opens nothing")
	}
	w.Scopes, w.Name = known, clip(strings.TrimSpace(w.Name), 100)
	return w, nil
}

func badScopes(what string) error {
	return dictumal.Invalid(dictumal.Fault{Location: "scopes", Message: what + "; choose of read, deploy, launch and admin."})
}

func badLife(what string) error {
	return dictumal.Invalid(dictumal.Fault{Location: "expires", Message: what + "; write between 1d and 365d."})
}
