package auth_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestACookieThatSomebodyHasPreparedNeverBecomesASession(t *testing.T) {
	o := open(t, false)
	ada, mallory := o.user("ada@example.org"), o.user("mallory@example.org")
	name := o.CookieName()
	for prepared, brought := range map[string]*http.Cookie{
		"made up":                       {Name: name, Value: "FIXED.SECRET"},
		"of the id alone":               {Name: name, Value: "FIXED"},
		"of the attacker's own session": o.signIn(o.signInCode(mallory)),
	} {
		fresh := o.signIn(o.signInCode(ada), brought)
		if fresh.Value == brought.Value {
			t.Errorf("%s: the session is the one that was brought", prepared)
		}
		if p, known := o.who(request(brought)); known {
			t.Errorf("%s: it opens the account of %s", prepared, p.User.Email)
		}
		if p, known := o.who(request(fresh)); !known || p.User.ID != ada.ID {
			t.Errorf("%s: the new session is %+v, %v", prepared, p, known)
		}
	}
}

func TestALaunchCodeMakesNothingOfAPreparedCookieEither(t *testing.T) {
	o := open(t, false)
	ada := o.user("ada@example.org")
	brought := &http.Cookie{Name: o.CookieName(), Value: "FIXED.SECRET"}
	w := httptest.NewRecorder()
	if err := o.OpenDesktop(w, request(brought), o.launchCode(ada, "D1"), "D1"); err != nil {
		t.Fatal(err)
	}
	if cookies := w.Result().Cookies(); len(cookies) != 1 || cookies[0].Value == brought.Value {
		t.Errorf("cookies %v", cookies)
	}
	if _, known := o.who(request(brought)); known {
		t.Error("the prepared cookie opens the desktop")
	}
}

func TestOnlySigningInProvesWhoSitsThere(t *testing.T) {
	o := open(t, false)
	ada := o.user("ada@example.org")
	if p, _ := o.who(request(o.signIn(o.signInCode(ada)))); !p.SignedInAt.Equal(noon) {
		t.Errorf("signed in at %s, want %s", p.SignedInAt, noon)
	}
	w := httptest.NewRecorder()
	if err := o.OpenDesktop(w, request(), o.launchCode(ada, "D1"), "D1"); err != nil {
		t.Fatal(err)
	}
	if p, known := o.who(request(w.Result().Cookies()[0])); !known || !p.SignedInAt.IsZero() {
		t.Errorf("by a launch code signed in at %s", p.SignedInAt)
	}
}
