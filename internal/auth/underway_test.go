package auth_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestAStreamEndsWithTheRightByWhichItBegan(t *testing.T) {
	for name, end := range map[string]func(o *office, cookie *http.Cookie) error{
		"signing out": func(o *office, cookie *http.Cookie) error {
			return o.SignOut(httptest.NewRecorder(), request(cookie))
		},
		"signing in anew": func(o *office, cookie *http.Cookie) error {
			return o.SignIn(httptest.NewRecorder(), request(cookie), o.signInCode(o.user("ada@example.org")))
		},
		"ending the session from another browser": func(o *office, cookie *http.Cookie) error {
			principal, _ := o.who(request(cookie))
			return o.EndSession(o.t.Context(), principal, principal.Session)
		},
		"signing out everywhere from this browser": func(o *office, cookie *http.Cookie) error {
			principal, _ := o.who(request(cookie))
			_, err := o.EndSessions(o.t.Context(), principal, true)
			return err
		},
		"signing out everywhere from another browser": func(o *office, _ *http.Cookie) error {
			principal, _ := o.who(request(o.signIn(o.signInCode(o.user("ada@example.org")))))
			_, err := o.EndSessions(o.t.Context(), principal, false)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t, false)
			cookie := o.signIn(o.signInCode(o.user("ada@example.org")))
			other := o.signIn(o.signInCode(o.user("ada@example.org")))
			if strings.Contains(name, "everywhere") {
				other = o.signIn(o.signInCode(o.user("ben@example.org")))
			}
			ended, stays := o.stream(request(cookie)), o.stream(request(other))
			if err := end(o, cookie); err != nil {
				t.Fatal(err)
			}
			if cause := <-ended; !errors.Is(cause, errRevoked) {
				t.Errorf("the stream ended with %v, want %v", cause, errRevoked)
			}
			select {
			case cause := <-stays:
				t.Errorf("the other session's stream ended with %v", cause)
			default:
			}
		})
	}
}

func TestAStreamEndsWithItsToken(t *testing.T) {
	o := open(t, false)
	r := o.program()
	principal, _ := o.who(r)
	ended := o.stream(r)
	if err := o.RevokeToken(t.Context(), person(principal.User), principal.Token); err != nil {
		t.Fatal(err)
	}
	if cause := <-ended; !errors.Is(cause, errRevoked) {
		t.Errorf("the stream ended with %v, want %v", cause, errRevoked)
	}
}

// stream begins a request that goes on until its context ends, and tells why it did.
func (o *office) stream(r *http.Request) <-chan error {
	o.t.Helper()
	ctx, stop := context.WithCancel(r.Context())
	o.t.Cleanup(stop)
	begun, ended := make(chan struct{}), make(chan error, 1)
	go o.Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(begun)
		<-r.Context().Done()
		ended <- context.Cause(r.Context())
	})).ServeHTTP(httptest.NewRecorder(), r.WithContext(ctx))
	<-begun
	return ended
}
