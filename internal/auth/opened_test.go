package auth_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/auth"
)

func TestARevokedTokenEndsWhatItsLinksHaveOpened(t *testing.T) {
	o := open(t, false)
	ada, by := o.bearer(0)
	_, another := o.bearer(0)
	opened, others, signedIn := o.opened(by, "D1"), o.opened(another, "D2"), request(o.signIn(o.signInCode(ada)))
	sockets := o.opened(operator(ada), "D3")
	stream := o.stream(opened)
	o.must(o.RevokeToken(t.Context(), person(ada), by.Token))
	if cause := <-stream; !errors.Is(cause, errRevoked) {
		t.Errorf("the stream ended with %v, want %v", cause, errRevoked)
	}
	if _, known := o.who(opened); known {
		t.Error("what its link has opened is open still")
	}
	for name, r := range map[string]*http.Request{"another token's": others, "a person's": signedIn, "the command line's": sockets} {
		if _, known := o.who(r); !known {
			t.Errorf("%s session has ended, too", name)
		}
	}
}

func TestALinkOfATokenThatWasRevokedOpensNothing(t *testing.T) {
	o := open(t, false)
	ada, by := o.bearer(0)
	early := o.launch(by, "D1")
	o.must(o.RevokeToken(t.Context(), person(ada), by.Token))
	late := o.launch(by, "D1") // by a request that was on its way
	for name, code := range map[string]string{"before": early, "afterwards": late} {
		for browser, r := range map[string]*http.Request{"a new browser": request(), "their own": request(o.signIn(o.signInCode(ada)))} {
			w := httptest.NewRecorder()
			if err := o.OpenDesktop(w, r, code, "D1"); !errors.Is(err, dictumal.ErrLink) {
				t.Errorf("one that was made %s answers %s with %v", name, browser, err)
			}
			if set := w.Result().Cookies(); len(set) > 0 {
				t.Errorf("one that was made %s gives %s %v", name, browser, set)
			}
		}
	}
}

func TestADesktopOpenedByATokenEndsWithTheTokensTime(t *testing.T) {
	o := open(t, false)
	_, by := o.bearer(auth.MinTokenLife)
	o.pass(auth.MinTokenLife - time.Minute)
	code := o.launch(by, "D1")
	w := httptest.NewRecorder()
	o.must(o.OpenDesktop(w, request(), code, "D1"))
	cookie := w.Result().Cookies()[0]
	if cookie.MaxAge != 60 {
		t.Errorf("the cookie stays for %d seconds, want 60", cookie.MaxAge)
	}
	late := o.launch(by, "D1")
	o.pass(time.Minute - 1)
	if _, known := o.who(request(cookie)); !known {
		t.Error("it ended before the token")
	}
	o.pass(1)
	if _, known := o.who(request(cookie)); known {
		t.Error("it outlives the token")
	}
	if err := o.OpenDesktop(httptest.NewRecorder(), request(), late, "D1"); !errors.Is(err, dictumal.ErrLink) {
		t.Errorf("a link of a token whose time is over answers %v", err)
	}
}

// Private

// bearer is somebody and a program of theirs with a new token.
func (o *office) bearer(life time.Duration) (dictumal.User, dictumal.Principal) {
	o.t.Helper()
	ada := o.user("ada@example.org")
	_, made, err := o.CreateToken(o.t.Context(), operator(ada), auth.Wish{Life: life})
	o.must(err)
	return ada, dictumal.Principal{User: ada, Token: made.ID, Scopes: made.Scopes}
}

func (o *office) launch(p dictumal.Principal, desktop string) string {
	o.t.Helper()
	code, err := o.LaunchCode(o.t.Context(), p, desktop)
	o.must(err)
	return code
}

// opened is a request of a browser in which a principal's link was opened.
func (o *office) opened(p dictumal.Principal, desktop string) *http.Request {
	o.t.Helper()
	w := httptest.NewRecorder()
	o.must(o.OpenDesktop(w, request(), o.launch(p, desktop), desktop))
	return request(w.Result().Cookies()[0])
}
