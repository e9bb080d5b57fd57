package web

import (
	"net/http"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/auth"
)

// Private

func (s *Web) account(w http.ResponseWriter, r *http.Request, p dictumal.Principal) error {
	page, err := s.newAccountPage(r, p)
	if err != nil {
		return err
	}
	s.show(w, r, http.StatusOK, "account", page)
	return nil
}

func (s *Web) newAccountPage(r *http.Request, p dictumal.Principal) (AccountPage, error) {
	tokens, err := s.Auth.Tokens(r.Context(), p, "")
	if err != nil {
		return AccountPage{}, err
	}
	sessions, err := s.Auth.Sessions(r.Context(), p)
	if err != nil {
		return AccountPage{}, err
	}
	signIns, err := s.Auth.SignIns(r.Context(), p)
	if err != nil {
		return AccountPage{}, err
	}
	now := s.look().Now
	page := AccountPage{
		Frame: s.frame(r, "account", "Account", ""), Email: p.User.Email, Admin: p.User.Admin,
		Wish: newTokenForm("", []dictumal.Scope{dictumal.ScopeRead}, ""),
	}
	if s.Auth.NeedsSignIn(p) {
		page.Wish.Again = auth.ErrSignInAgain.Message
	}
	for _, t := range tokens {
		page.Tokens = append(page.Tokens, newTokenRow(t, now))
	}
	for _, session := range sessions {
		page.Sessions = append(page.Sessions, newSessionRow(session, p.Session, now))
	}
	page.tell(signIns, now)
	return page, nil
}

// createToken answers with the page itself and not with a redirect: the token is
// shown this once, and stands in no address.
func (s *Web) createToken(w http.ResponseWriter, r *http.Request, p dictumal.Principal) error {
	if err := r.ParseForm(); err != nil {
		return dictumal.NewError(dictumal.CodeMalformed, "The form could not be read; go back and send it again.").Wrap(err)
	}
	wish := auth.Wish{Name: r.PostFormValue("name")}
	for _, name := range r.PostForm["scope"] {
		wish.Scopes = append(wish.Scopes, dictumal.Scope(name))
	}
	var secret string
	var err error
	if wish.Life, err = auth.ParseLife(r.PostFormValue("expires")); err == nil {
		secret, _, err = s.Auth.CreateToken(r.Context(), p, wish)
	}
	status := http.StatusOK
	if code := dictumal.ErrorCode(err); code == dictumal.CodeInvalid {
		status = http.StatusUnprocessableEntity
	} else if err != nil {
		return err
	}
	page, missing := s.newAccountPage(r, p)
	if missing != nil {
		return missing
	}
	page.Fresh = secret
	if err != nil {
		page.Notice, page.Wish = dictumal.ErrorMessage(err), newTokenForm(wish.Name, wish.Scopes, r.PostFormValue("expires"))
	}
	s.show(w, r, status, "account", page)
	return nil
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

// endSessions signs out everywhere. A browser that ends itself, too, finds that out
// at the page that it is sent to.
func (s *Web) endSessions(w http.ResponseWriter, r *http.Request, p dictumal.Principal) error {
	if _, err := s.Auth.EndSessions(r.Context(), p, r.PostFormValue("here") != ""); err != nil {
		return err
	}
	http.Redirect(w, r, "/account", http.StatusSeeOther)
	return nil
}
