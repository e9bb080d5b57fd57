package auth_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/auth"
	"github.com/dictumal/dictumal/internal/peer"
)

// from says where a request comes from.
func from(r *http.Request, address string) *http.Request {
	return r.WithContext(peer.With(r.Context(), address))
}

// answers is the status of what the middleware lets through, or of its refusal.
func (o *office) answers(r *http.Request) int {
	w := httptest.NewRecorder()
	o.Middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})).ServeHTTP(w, r)
	return w.Code
}

func guess(n int) *http.Request {
	r := request()
	r.Header.Set("Authorization", fmt.Sprintf("Bearer %s%026d", auth.TokenPrefix, n))
	return r
}

func TestWhoGuessesIsTurnedAwayBeforeAnythingIsLookedUp(t *testing.T) {
	o := open(t, false)
	let := 0
	for let < 1000 && o.answers(from(guess(let), "192.0.2.1")) == http.StatusOK {
		let++
	}
	if let == 0 || let > 100 {
		t.Fatalf("%d guesses were looked up", let)
	}
	if o.answers(from(guess(9999), "2001:db8::1")) != http.StatusOK {
		t.Error("somebody from elsewhere has to wait")
	}
	if o.answers(from(request(), "192.0.2.1")) != http.StatusOK {
		t.Error("who brings no secret has to wait")
	}
	o.pass(time.Minute)
	if o.answers(from(guess(5000), "192.0.2.1")) != http.StatusOK {
		t.Error("a minute later they still have to wait")
	}
}

func TestANetworkHasOneBucketHoweverManyAddresses(t *testing.T) {
	o := open(t, false)
	let := 0
	for let < 1000 && o.answers(from(guess(let), fmt.Sprintf("2001:db8:1:2::%x", let))) == http.StatusOK {
		let++
	}
	if let > 100 {
		t.Errorf("%d guesses were looked up", let)
	}
	if o.answers(from(guess(9999), "2001:db8:1:3::1")) != http.StatusOK {
		t.Error("the network next door has to wait")
	}
}

func TestAllNetworksTogetherMayBeWrongSoOftenOnly(t *testing.T) {
	o := open(t, false)
	let := 0
	for let < 5000 && o.answers(from(guess(let), fmt.Sprintf("10.%d.%d.1", let/250, let%250))) == http.StatusOK {
		let++
	}
	if let < 100 || let > 1000 {
		t.Errorf("%d guesses were looked up", let)
	}
}

func TestAKnownSecretIsHeardThroughAFlood(t *testing.T) {
	o := open(t, false)
	good := from(o.program(), "192.0.2.1")
	if _, known := o.who(good); !known {
		t.Fatal("nobody knows who asks")
	}
	other := o.signIn(o.signInCode(o.user("ben@example.org")))
	if err := o.SignOut(httptest.NewRecorder(), request(other)); err != nil { // so that everything is looked up again
		t.Fatal(err)
	}
	o.pass(10 * time.Second)
	for n := range 200 {
		o.answers(from(guess(n), "192.0.2.1"))
	}
	if o.answers(from(o.program(), "192.0.2.1")) != http.StatusTooManyRequests {
		t.Fatal("there is no flood")
	}
	if _, known := o.who(good); !known {
		t.Error("a secret that was good has to wait for the flood to end")
	}
}

func TestASessionThatHasJustBegunIsHeardThroughAFlood(t *testing.T) {
	o := open(t, false)
	ada := o.user("ada@example.org")
	early, late := o.signIn(o.signInCode(ada)), o.stranger("cookie")
	o.flood("cookie")
	if o.answers(from(late, "2001:db8::1")) != http.StatusTooManyRequests {
		t.Fatal("there is no flood")
	}
	for name, cookie := range map[string]*http.Cookie{"before": early, "meanwhile": o.signIn(o.signInCode(ada))} {
		r := from(request(cookie), "2001:db8::1")
		if code := o.answers(r); code != http.StatusOK {
			t.Errorf("a session that began %s answers %d", name, code)
		}
		if _, known := o.who(r); !known {
			t.Errorf("nobody knows the session that began %s", name)
		}
	}
}

func TestAFloodOfTokensStopsNoBrowser(t *testing.T) {
	o := open(t, false)
	browser := from(request(o.signIn(o.signInCode(o.user("ada@example.org")))), "2001:db8::1")
	o.Auth = auth.New(o.Options) // which remembers nobody
	o.flood("bearer")
	if o.answers(from(o.stranger("bearer"), "2001:db8::1")) != http.StatusTooManyRequests {
		t.Fatal("there is no flood")
	}
	if code := o.answers(browser); code != http.StatusOK {
		t.Errorf("a browser answers %d", code)
	}
	if _, known := o.who(browser); !known {
		t.Error("nobody knows the browser")
	}
}

func TestAnOldCookieCountsOnceHoweverOftenItIsSent(t *testing.T) {
	o := open(t, false)
	old := request(o.signIn(o.signInCode(o.user("ada@example.org"))))
	o.pass(auth.SessionIdle)
	for range 500 {
		if o.answers(from(old, "192.0.2.1")) != http.StatusOK {
			t.Fatal("a browser whose session has ended has to wait")
		}
	}
}

func TestWrongCodesAreCountedByKindAndRightOnesNot(t *testing.T) {
	o := open(t, false)
	ada := o.user("ada@example.org")
	for range 100 {
		if err := o.SignIn(httptest.NewRecorder(), from(request(), "192.0.2.1"), o.signInCode(ada)); err != nil {
			t.Fatalf("a right code: %v", err)
		}
	}
	let := 0
	var err error
	for let < 1000 {
		if err = o.SignIn(httptest.NewRecorder(), from(request(), "192.0.2.1"), fmt.Sprint(let)); !errors.Is(err, dictumal.ErrLink) {
			break
		}
		let++
	}
	if e, ok := errors.AsType[*dictumal.Error](err); !ok || e.Code != dictumal.CodeTooMany || e.Retry <= 0 || e.Retry > time.Minute {
		t.Errorf("after %d wrong ones: %v", let, err)
	}
	if refused := o.count("sign-in.refused"); refused != let || let > 50 {
		t.Errorf("%d were looked up, and %d written down", let, refused)
	}
	if err := o.OpenDesktop(httptest.NewRecorder(), from(request(), "192.0.2.1"), o.launchCode(ada, "D1"), "D1"); err != nil {
		t.Errorf("a code of the other kind: %v", err)
	}
	if err := o.SignIn(httptest.NewRecorder(), from(request(), "192.0.2.2"), o.signInCode(ada)); err != nil {
		t.Errorf("a right code from elsewhere: %v", err)
	}
	o.pass(time.Minute)
	if err := o.SignIn(httptest.NewRecorder(), from(request(), "192.0.2.1"), o.signInCode(ada)); err != nil {
		t.Errorf("a right code after a minute: %v", err)
	}
}

func TestNobodyMakesTokensWithoutEnd(t *testing.T) {
	o := open(t, false)
	ada := o.user("ada@example.org")
	order := func(p dictumal.Principal) error {
		_, _, err := o.CreateToken(context.Background(), p, auth.Wish{Scopes: []dictumal.Scope{dictumal.ScopeRead}})
		return err
	}
	let := 0
	var err error
	for err = order(person(ada)); err == nil && let < 1000; err = order(person(ada)) {
		let++
	}
	if let > 50 || dictumal.ErrorCode(err) != dictumal.CodeTooMany {
		t.Errorf("after %d tokens: %v", let, err)
	}
	if err := order(person(o.user("ben@example.org"))); err != nil {
		t.Errorf("somebody else: %v", err)
	}
	if err := order(operator(ada)); err != nil {
		t.Errorf("the operator: %v", err)
	}
}

// Private

// stranger is a request with a secret that is not good.
func (o *office) stranger(kind string) *http.Request {
	if kind == "bearer" {
		return guess(9_999_999)
	}
	return request(&http.Cookie{Name: o.CookieName(), Value: "NOBODY.SECRET"})
}

// flood has many networks bring wrong secrets of a kind, each a few.
func (o *office) flood(kind string) {
	o.t.Helper()
	for n := range 1000 {
		r := guess(n)
		if kind == "cookie" {
			r = request(&http.Cookie{Name: o.CookieName(), Value: fmt.Sprintf("ID%d.SECRET", n)})
		}
		o.answers(from(r, fmt.Sprintf("10.%d.%d.1", n/250, n%250)))
	}
}
