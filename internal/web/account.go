package web

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/auth"
)

// Private

func (s *Web) account(w http.ResponseWriter, r *http.Request, p dictumal.Principal) error {
	return s.showAccount(w, r, p, "")
}

func (s *Web) showAccount(w http.ResponseWriter, r *http.Request, p dictumal.Principal, fresh string) error {
	tokens, err := s.Auth.Tokens(r.Context(), p, "")
	if err != nil {
		return err
	}
	sessions, err := s.Auth.Sessions(r.Context(), p)
	if err != nil {
		return err
	}
	now := s.look().Now
	page := AccountPage{Frame: s.frame(r, "account", "Account", ""), Email: p.User.Email, Admin: p.User.Admin, Fresh: fresh}
	for _, t := range tokens {
		page.Tokens = append(page.Tokens, TokenRow{
			ID: t.ID, Name: cmp.Or(t.Name, "without a name"),
			Created: newMoment(t.CreatedAt, now), Used: newMoment(t.UsedAt, now), Expires: newMoment(t.ExpiresAt, now),
		})
	}
	for _, session := range sessions {
		page.Sessions = append(page.Sessions, SessionRow{
			ID: session.ID, Browser: browserWords(session.Agent),
			Begun: newMoment(session.CreatedAt, now), Seen: newMoment(session.SeenAt, now),
			Here: session.ID == p.Session, OneDesktop: session.OnlyDesktop != "",
		})
	}
	s.show(w, r, http.StatusOK, "account", page)
	return nil
}

// createToken answers with the page itself and not with a redirect: the token is
// shown this once, and stands in no address.
func (s *Web) createToken(w http.ResponseWriter, r *http.Request, p dictumal.Principal) error {
	token, _, err := s.Auth.CreateToken(r.Context(), p, auth.Wish{Name: r.PostFormValue("name"), Scopes: []dictumal.Scope{dictumal.ScopeAdmin}})
	if err != nil {
		return err
	}
	return s.showAccount(w, r, p, token)
}

func (s *Web) revokeToken(w http.ResponseWriter, r *http.Request, p dictumal.Principal) error {
	if err := s.Auth.RevokeToken(r.Context(), p, r.PathValue("id")); err != nil {
		return err
	}
	http.Redirect(w, r, "/account", http.StatusSeeOther)
	return nil
}

func (s *Web) endSession(w http.ResponseWriter, r *http.Request, p dictumal.Principal) error {
	if err := s.Auth.EndSession(r.Context(), p, r.PathValue("id")); err != nil {
		return err
	}
	http.Redirect(w, r, "/account", http.StatusSeeOther)
	return nil
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
