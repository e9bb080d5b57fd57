package auth_test

import (
	"errors"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/auth"
)

func TestATokenMayWhatItsScopesSay(t *testing.T) {
	o := open(t, false)
	root := o.user("") // an admin
	for _, scopes := range [][]dictumal.Scope{{"read"}, {"launch"}, {"deploy", "launch"}, {"admin"}} {
		secret, _, err := o.CreateToken(t.Context(), person(root), auth.Wish{Scopes: scopes})
		if err != nil {
			t.Fatal(err)
		}
		r := from(request(), "192.0.2.7")
		r.Header.Set("Authorization", "Bearer "+secret)
		p, known := o.who(r)
		if !known || !slices.Equal(p.Scopes, scopes) || p.From != "192.0.2.7" || !p.SignedInAt.IsZero() {
			t.Errorf("with %v it is %+v, %v", scopes, p, known)
		}
		if p.User.Admin != slices.Contains(scopes, dictumal.ScopeAdmin) {
			t.Errorf("with %v its bearer's being an admin is %v", scopes, p.User.Admin)
		}
	}
	tokens, err := o.Tokens(t.Context(), person(root), "")
	if err != nil || len(tokens) != 4 || tokens[0].From != "192.0.2.7" || !tokens[0].UsedAt.Equal(noon) {
		t.Errorf("tokens %+v, %v", tokens, err)
	}
}

func TestATokenTakesASignInOfLate(t *testing.T) {
	o := open(t, false)
	ada := o.user("ada@example.org")
	wish := auth.Wish{Scopes: []dictumal.Scope{"read"}}
	p, _ := o.who(request(o.signIn(o.signInCode(ada))))
	o.pass(auth.Fresh - 1)
	if _, _, err := o.CreateToken(t.Context(), p, wish); err != nil {
		t.Errorf("within the time: %v", err)
	}
	o.pass(1)
	if _, _, err := o.CreateToken(t.Context(), p, wish); !errors.Is(err, auth.ErrSignInAgain) {
		t.Errorf("after the time: %v", err)
	}
}

func TestOnlyPeopleAndTheOperatorManageAccounts(t *testing.T) {
	o := open(t, false)
	ada, ben := o.user("ada@example.org"), o.user("ben@example.org")
	all := dictumal.Scopes()
	for name, p := range map[string]dictumal.Principal{
		"nobody":                      {},
		"a token with every scope":    {User: ada, Token: "T1", Scopes: all},
		"a session for one desktop":   {User: ada, Session: "S1", OnlyDesktop: "D1"},
		"an admin's token":            {User: dictumal.User{ID: ada.ID, Admin: true}, Token: "T1", Scopes: all},
		"a token of the desktop only": {User: ada, Token: "T1", OnlyDesktop: "D1", Scopes: all},
	} {
		_, _, made := o.CreateToken(t.Context(), p, auth.Wish{Scopes: all})
		_, listed := o.Tokens(t.Context(), p, "")
		_, sessions := o.Sessions(t.Context(), p)
		_, signIns := o.SignIns(t.Context(), p)
		_, everywhere := o.EndSessions(t.Context(), p, true)
		for does, err := range map[string]error{
			"make a token": made, "list tokens": listed, "list sessions": sessions, "list sign-ins": signIns, "sign out everywhere": everywhere,
			"revoke a token": o.RevokeToken(t.Context(), p, "T2"), "end a session": o.EndSession(t.Context(), p, "S2"),
		} {
			if dictumal.ErrorCode(err) != dictumal.CodeForbidden {
				t.Errorf("%s may %s: %v", name, does, err)
			}
		}
	}
	if _, _, err := o.CreateToken(t.Context(), person(ada), auth.Wish{Email: ben.Email, Scopes: all}); dictumal.ErrorCode(err) != dictumal.CodeForbidden {
		t.Errorf("a token for somebody else: %v", err)
	}
	if _, err := o.Tokens(t.Context(), person(ada), ben.Email); dictumal.ErrorCode(err) != dictumal.CodeForbidden {
		t.Errorf("the tokens of somebody else: %v", err)
	}
	if _, made, err := o.CreateToken(t.Context(), operator(o.user("")), auth.Wish{Email: ben.Email}); err != nil || made.User.ID != ben.ID || made.Scopes[0] != dictumal.ScopeAdmin {
		t.Errorf("the operator makes %+v, %v", made, err)
	}
	if everybodys, err := o.Tokens(t.Context(), operator(o.user("")), ""); err != nil || len(everybodys) != 1 {
		t.Errorf("the operator sees %+v, %v", everybodys, err)
	}
}

func TestALifeIsReadInDaysOrHours(t *testing.T) {
	const day = 24 * time.Hour
	for text, want := range map[string]time.Duration{"": 0, "1d": day, "90d": 90 * day, "36h": 36 * time.Hour} {
		if got, err := auth.ParseLife(text); err != nil || got != want {
			t.Errorf("%q is %s, %v", text, got, err)
		}
	}
	for _, text := range []string{"d", "-1d", "1.5d", "1 d", "never", "90", "1w", "99999d", "0x10d"} {
		if got, err := auth.ParseLife(text); dictumal.ErrorCode(err) != dictumal.CodeInvalid {
			t.Errorf("%q is %s, %v", text, got, err)
		}
	}
}

func TestATokenLivesForAsLongAsWasAskedWithinReason(t *testing.T) {
	o := open(t, false)
	ada := o.user("ada@example.org")
	for life, want := range map[time.Duration]time.Duration{0: auth.TokenLife, auth.MinTokenLife: auth.MinTokenLife, auth.MaxTokenLife: auth.MaxTokenLife} {
		_, made, err := o.CreateToken(t.Context(), person(ada), auth.Wish{Scopes: []dictumal.Scope{"read"}, Life: life})
		if err != nil || made.ExpiresAt.Sub(made.CreatedAt) != want {
			t.Errorf("asked for %s: %+v, %v", life, made, err)
		}
	}
	for _, life := range []time.Duration{-1, auth.MinTokenLife - 1, auth.MaxTokenLife + 1} {
		if _, _, err := o.CreateToken(t.Context(), person(ada), auth.Wish{Scopes: []dictumal.Scope{"read"}, Life: life}); dictumal.ErrorCode(err) != dictumal.CodeInvalid {
			t.Errorf("asked for %s: %v", life, err)
		}
	}
}

func TestWhatPeopleDoToTheirAccessIsWrittenDown(t *testing.T) {
	o := open(t, false)
	ada := o.user("ada@example.org")
	code := o.signInCode(ada)
	w := httptest.NewRecorder()
	if err := o.SignIn(w, from(request(), "192.0.2.1"), code); err != nil {
		t.Fatal(err)
	}
	p, _ := o.who(from(request(w.Result().Cookies()[0]), "192.0.2.2"))
	first := p.Session
	if err := o.SignIn(httptest.NewRecorder(), from(request(), "192.0.2.3"), code); err == nil {
		t.Fatal("the link works twice")
	}
	_, token, err := o.CreateToken(t.Context(), p, auth.Wish{Scopes: []dictumal.Scope{"read"}})
	if err != nil {
		t.Fatal(err)
	}
	_, _, _ = o.CreateToken(t.Context(), p, auth.Wish{}) // which is refused
	_ = o.RevokeToken(t.Context(), p, token.ID)
	_ = o.EndSession(t.Context(), p, "none")
	again := httptest.NewRecorder()
	o.must(o.SignIn(again, from(request(w.Result().Cookies()[0]), "192.0.2.4"), o.signInCode(ada)))
	p, _ = o.who(from(request(again.Result().Cookies()[0]), "192.0.2.4"))
	_, _ = o.EndSessions(t.Context(), p, true)
	for i, want := range []dictumal.Deed{
		{Action: "sign-in.link", Email: ada.Email, Via: dictumal.ViaSocket, Object: ada.ID, Result: dictumal.ResultDone},
		{Action: "session.begin", Email: ada.Email, Via: dictumal.ViaSession, From: "192.0.2.1", Object: first, Result: dictumal.ResultDone},
		{Action: "sign-in.refused", Via: dictumal.ViaAnonymous, From: "192.0.2.3", Result: dictumal.ResultRefused},
		{Action: "token.create", Email: ada.Email, Via: dictumal.ViaSession, From: "192.0.2.2", Object: token.ID, Result: dictumal.ResultDone},
		{Action: "token.create", Email: ada.Email, Via: dictumal.ViaSession, From: "192.0.2.2", Result: dictumal.ResultRefused},
		{Action: "token.revoke", Email: ada.Email, Via: dictumal.ViaSession, From: "192.0.2.2", Object: token.ID, Result: dictumal.ResultDone},
		{Action: "session.end", Email: ada.Email, Via: dictumal.ViaSession, From: "192.0.2.2", Object: "none", Result: dictumal.ResultRefused},
		{Action: "sign-in.link", Email: ada.Email, Via: dictumal.ViaSocket, Object: ada.ID, Result: dictumal.ResultDone},
		{Action: "session.end", Email: ada.Email, Via: dictumal.ViaSession, From: "192.0.2.4", Object: first, Result: dictumal.ResultDone},
		{Action: "session.begin", Email: ada.Email, Via: dictumal.ViaSession, From: "192.0.2.4", Object: p.Session, Result: dictumal.ResultDone},
		{Action: "session.end-all", Email: ada.Email, Via: dictumal.ViaSession, From: "192.0.2.4", Result: dictumal.ResultDone},
	} {
		if i >= len(o.deeds) {
			t.Fatalf("%s was not written down", want.Action)
		}
		got := o.deeds[i]
		if got.Action != want.Action || got.Email != want.Email || got.Via != want.Via || got.From != want.From || got.Object != want.Object || got.Result != want.Result {
			t.Errorf("written down: %+v, want %+v", got, want)
		}
	}
}

func (o *office) count(action string) (n int) {
	for _, d := range o.deeds {
		if d.Action == action {
			n++
		}
	}
	return n
}
