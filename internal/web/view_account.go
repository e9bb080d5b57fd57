package web

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

// AccountPage shows how one gets in: tokens for programs, sessions for browsers.
type AccountPage struct {
	Frame
	Email    string
	Admin    bool
	Tokens   []TokenRow
	Sessions []SessionRow
	SignIns  []SignInRow
	// Strangers are sign-ins of late with browsers that had not been used before.
	Strangers []SignInRow
	Fresh     string // a token that was just made; shown once
	Wish      TokenForm
	Notice    string
}

// TokenForm makes a token.
type TokenForm struct {
	Again  string // why one has to sign in again first; empty: one need not
	Name   string
	Scopes []Choice
	Lives  []Choice
}

// TokenRow is an API token without its secret.
type TokenRow struct {
	ID, Name, Scopes       string
	Created, Used, Expires *Moment
	From                   string // address of its last use
}

// SessionRow is one browser that has signed in.
type SessionRow struct {
	ID, Browser string
	Begun, Seen *Moment
	From        string // address of its last use
	Here        bool
	OneDesktop  bool // it was opened by a launch code and may do nothing else
}

// SignInRow is one sign-in of the past.
type SignInRow struct {
	Browser, From string
	At            *Moment
	New           bool // the browser had not been used before
}

// Private

// strangeFor is how long people are told of a browser that was new to them.
const strangeFor = 7 * 24 * time.Hour

func newTokenForm(name string, chosen []dictumal.Scope, life string) TokenForm {
	form := TokenForm{Name: name}
	for _, scope := range dictumal.Scopes() {
		choice := Choice{Value: string(scope), Words: string(scope), More: scopeWords(scope)}
		for _, c := range chosen {
			choice.Chosen = choice.Chosen || c == scope
		}
		form.Scopes = append(form.Scopes, choice)
	}
	for _, days := range []int{1, 7, 30, 90, 365} {
		value := fmt.Sprintf("%dd", days)
		form.Lives = append(form.Lives, Choice{Value: value, Words: count(days, "day"), Chosen: value == cmp.Or(life, "90d")})
	}
	return form
}

// scopeWords says what a scope lets a program do.
func scopeWords(scope dictumal.Scope) string {
	switch scope {
	case dictumal.ScopeRead:
		return "Look at constitutions, desktops and their stories."
	case dictumal.ScopeDeploy:
		return "Write constitutions; order, extend, share and destroy desktops. Includes read."
	case dictumal.ScopeLaunch:
		return "Open desktops, and so type and see what is in them."
	case dictumal.ScopeAdmin:
		return "Everything that you may do."
	}
	return ""
}

func newTokenRow(t store.Token, now time.Time) TokenRow {
	scopes := make([]string, len(t.Scopes))
	for i, scope := range t.Scopes {
		scopes[i] = string(scope)
	}
	return TokenRow{
		ID: t.ID, Name: cmp.Or(t.Name, "without a name"), Scopes: strings.Join(scopes, ", "), From: t.From,
		Created: newMoment(t.CreatedAt, now), Used: newMoment(t.UsedAt, now), Expires: newMoment(t.ExpiresAt, now),
	}
}

func newSessionRow(s store.Session, here string, now time.Time) SessionRow {
	return SessionRow{
		ID: s.ID, Browser: browserWords(s.Agent), From: s.From, Begun: newMoment(s.CreatedAt, now), Seen: newMoment(s.SeenAt, now),
		Here: s.ID == here, OneDesktop: s.OnlyDesktop != "",
	}
}

// tell fills in who has signed in of late.
func (p *AccountPage) tell(signIns []store.SignIn, now time.Time) {
	for _, in := range signIns {
		row := SignInRow{Browser: browserWords(in.Agent), From: cmp.Or(in.From, "an unknown address"), At: newMoment(in.At, now), New: !in.Known}
		p.SignIns = append(p.SignIns, row)
		if row.New && now.Sub(in.At) < strangeFor {
			p.Strangers = append(p.Strangers, row)
		}
	}
}

// browserWords names a browser as its owner would. Most claim to be several; the
// order tells them apart.
func browserWords(agent string) string {
	name := first(agent, "an unknown browser", "Edg/", "Edge", "Firefox/", "Firefox", "Chrome/", "Chrome", "Safari/", "Safari", "curl/", "curl")
	system := first(agent, "", "Android", "Android", "iPhone", "iPhone", "iPad", "iPad", "Windows", "Windows", "Mac OS", "macOS", "Linux", "Linux")
	if system == "" {
		return name
	}
	return name + " on " + system
}

// first goes through pairs of a mark and what it means.
func first(text, otherwise string, pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		if strings.Contains(text, pairs[i]) {
			return pairs[i+1]
		}
	}
	return otherwise
}
