package auth_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/auth"
)

func TestALaunchCodeOpensOneDesktopOnce(t *testing.T) {
	o := open(t, false)
	ada := o.user("ada@example.org")
	code := o.launchCode(ada, "D1")
	if err := o.OpenDesktop(httptest.NewRecorder(), request(), code, "D2"); !errors.Is(err, dictumal.ErrLink) {
		t.Errorf("another desktop: %v", err)
	}
	w := httptest.NewRecorder()
	if err := o.OpenDesktop(w, request(), code, "D1"); err != nil {
		t.Fatal(err)
	}
	principal, known := o.who(request(w.Result().Cookies()[0]))
	if !known || principal.User.ID != ada.ID || principal.OnlyDesktop != "D1" {
		t.Errorf("principal %+v, %v", principal, known)
	}
	if err := o.OpenDesktop(httptest.NewRecorder(), request(), code, "D1"); !errors.Is(err, dictumal.ErrLink) {
		t.Errorf("the second time: %v", err)
	}
	expired := o.launchCode(ada, "D1")
	o.pass(auth.LaunchLife)
	if err := o.OpenDesktop(httptest.NewRecorder(), request(), expired, "D1"); !errors.Is(err, dictumal.ErrLink) {
		t.Errorf("expired: %v", err)
	}
	if err := o.OpenDesktop(httptest.NewRecorder(), request(), o.signInCode(ada), "D1"); !errors.Is(err, dictumal.ErrLink) {
		t.Errorf("a sign-in code: %v", err)
	}
}

func TestALaunchCodeIsRefusedWhereSomeoneElseIsSignedIn(t *testing.T) {
	o := open(t, false)
	ada, ben := o.user("ada@example.org"), o.user("ben@example.org")
	code := o.launchCode(ada, "D1")
	bens := o.signIn(o.signInCode(ben))
	if err := o.OpenDesktop(httptest.NewRecorder(), request(bens), code, "D1"); !errors.Is(err, dictumal.ErrLink) {
		t.Errorf("in somebody else's browser: %v", err)
	}
	if principal, known := o.who(request(bens)); !known || principal.User.ID != ben.ID {
		t.Error("the other's session was lost")
	}
	if err := o.OpenDesktop(httptest.NewRecorder(), request(), code, "D1"); err != nil {
		t.Errorf("the refusal used the code up: %v", err)
	}
}

func TestALaunchCodeLeavesAWiderSessionOfTheSameUserAsItIs(t *testing.T) {
	o := open(t, false)
	ada := o.user("ada@example.org")
	full := o.signIn(o.signInCode(ada))
	w := httptest.NewRecorder()
	if err := o.OpenDesktop(w, request(full), o.launchCode(ada, "D1"), "D1"); err != nil {
		t.Fatal(err)
	}
	if len(w.Result().Cookies()) != 0 {
		t.Error("the session was replaced")
	}
	if principal, known := o.who(request(full)); !known || principal.OnlyDesktop != "" {
		t.Errorf("principal %+v, %v", principal, known)
	}
}

func TestATokenIsJudgedAloneAndCanBeRevoked(t *testing.T) {
	o := open(t, false)
	ada, ben := o.user("ada@example.org"), o.user("ben@example.org")
	token, _, err := o.CreateToken(t.Context(), operator(ada), auth.Wish{Name: "laptop"})
	if err != nil {
		t.Fatal(err)
	}
	bens := o.signIn(o.signInCode(ben))
	bearer := func(value string) *http.Request {
		r := request(bens)
		r.Header.Set("Authorization", value)
		return r
	}
	principal, known := o.who(bearer("Bearer " + token))
	if !known || principal.User.ID != ada.ID || principal.Token == "" || principal.Session != "" {
		t.Errorf("principal %+v, %v", principal, known)
	}
	for _, header := range []string{"Bearer dictumal_wrong", "Bearer ", "Basic " + token, token} {
		if principal, known := o.who(bearer(header)); known {
			t.Errorf("%q is %s", header, principal.User.Email)
		}
	}
	tokens, err := o.Tokens(t.Context(), operator(ada), "ada@example.org")
	if err != nil || len(tokens) != 1 || tokens[0].Name != "laptop" || tokens[0].UsedAt.IsZero() {
		t.Fatalf("tokens %+v, %v", tokens, err)
	}
	if err := o.RevokeToken(t.Context(), person(ben), tokens[0].ID); !errors.Is(err, dictumal.ErrNotFound) {
		t.Errorf("revoked by somebody else: %v", err)
	}
	if err := o.RevokeToken(t.Context(), person(ada), tokens[0].ID); err != nil {
		t.Error(err)
	}
	if _, known := o.who(bearer("Bearer " + token)); known {
		t.Error("a revoked token still works")
	}
}

func TestATokenExpires(t *testing.T) {
	o := open(t, false)
	token, _, err := o.CreateToken(t.Context(), operator(o.user("")), auth.Wish{})
	if err != nil {
		t.Fatal(err)
	}
	o.pass(auth.TokenLife)
	r := request()
	r.Header.Set("Authorization", "Bearer "+token)
	if _, known := o.who(r); known {
		t.Error("it never expires")
	}
}

func TestUsersAreMadeOnce(t *testing.T) {
	o := open(t, false)
	if first, second := o.user("Ada@Example.org"), o.user("ada@example.org"); first.ID != second.ID || first.Admin {
		t.Errorf("users %+v and %+v", first, second)
	}
	if first, second := o.user(""), o.user(""); first.ID != second.ID || !first.Admin {
		t.Errorf("local users %+v and %+v", first, second)
	}
	for _, email := range []string{"ada", "Ada <ada@example.org>", "a@b, c@d", "@"} {
		if _, err := o.User(t.Context(), email); dictumal.ErrorCode(err) != dictumal.CodeInvalid {
			t.Errorf("%q: %v", email, err)
		}
	}
}
