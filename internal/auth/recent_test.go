package auth_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/dictumal/dictumal/internal/auth"
)

func TestWhatEndsHereIsNobodyAtOnce(t *testing.T) {
	for name, end := range map[string]func(o *office, r *http.Request) error{
		"signing out": func(o *office, r *http.Request) error { return o.SignOut(httptest.NewRecorder(), r) },
		"signing in anew": func(o *office, r *http.Request) error {
			return o.SignIn(httptest.NewRecorder(), r, o.signInCode(o.user("ada@example.org")))
		},
		"ending the session": func(o *office, r *http.Request) error {
			principal, _ := o.who(r)
			return o.EndSession(r.Context(), principal, principal.Session)
		},
		"revoking the token": func(o *office, r *http.Request) error {
			principal, _ := o.who(r)
			return o.RevokeToken(r.Context(), person(principal.User), principal.Token)
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t, false)
			r := request(o.signIn(o.signInCode(o.user("ada@example.org"))))
			if name == "revoking the token" {
				r = o.program()
			}
			for range 2 { // the second time from memory
				if _, known := o.who(r); !known {
					t.Fatal("nobody knows who asks")
				}
			}
			if err := end(o, r); err != nil {
				t.Fatal(err)
			}
			if _, known := o.who(r); known {
				t.Error("it is good still")
			}
		})
	}
}

func TestWhatAnotherProcessEndsHoldsForSeconds(t *testing.T) {
	o := open(t, false)
	r := o.program()
	principal, _ := o.who(r)
	another := auth.New(o.Options)
	if err := another.RevokeToken(t.Context(), person(principal.User), principal.Token); err != nil {
		t.Fatal(err)
	}
	o.pass(3*time.Second - 1)
	if _, known := o.who(r); !known {
		t.Error("it was looked up again within three seconds")
	}
	o.pass(1)
	if _, known := o.who(r); known {
		t.Error("it is good still after three seconds")
	}
}

func TestWhatEndsWhileItIsLookedUpIsNotRemembered(t *testing.T) {
	o := open(t, false)
	r := o.program()
	principal, _ := o.who(r)
	options, looks := o.Options, 0
	racing := auth.New(options)
	racing.Now = func() time.Time {
		if looks++; looks == 3 { // the row has been read, and the answer is not given yet
			if err := racing.RevokeToken(t.Context(), person(principal.User), principal.Token); err != nil {
				t.Error(err)
			}
		}
		return options.Now()
	}
	var cause error
	known := false
	handler := racing.Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, known = auth.FromRequest(r)
		cause = context.Cause(r.Context())
	}))
	handler.ServeHTTP(httptest.NewRecorder(), r)
	if known && !errors.Is(cause, errRevoked) {
		t.Errorf("what it began goes on: %v", cause)
	}
	handler.ServeHTTP(httptest.NewRecorder(), r)
	if known {
		t.Error("it is good still")
	}
}

func TestATokenInUseEndsInTime(t *testing.T) {
	o := open(t, false)
	r := o.program()
	o.pass(auth.TokenLife - 1)
	if _, known := o.who(r); !known {
		t.Error("it ended too early")
	}
	o.pass(1)
	if _, known := o.who(r); known {
		t.Error("it is good after its end")
	}
}

func TestACookieIsNoTokenAndATokenNoCookie(t *testing.T) {
	o := open(t, false)
	cookie := o.signIn(o.signInCode(o.user("ada@example.org")))
	program := o.program()
	for _, r := range []*http.Request{request(cookie), program} {
		if _, known := o.who(r); !known {
			t.Fatal("nobody knows who asks")
		}
	}
	asToken := request()
	asToken.Header.Set("Authorization", "Bearer "+cookie.Value)
	asCookie := request(&http.Cookie{Name: cookie.Name, Value: program.Header.Get("Authorization")[len("Bearer "):]})
	for name, r := range map[string]*http.Request{"a cookie as a token": asToken, "a token as a cookie": asCookie} {
		if _, known := o.who(r); known {
			t.Errorf("%s is good", name)
		}
	}
}

// program is a request with a new token.
func (o *office) program() *http.Request {
	o.t.Helper()
	token, _, err := o.CreateToken(o.t.Context(), operator(o.user("ada@example.org")), auth.Wish{Name: "robot"})
	if err != nil {
		o.t.Fatal(err)
	}
	r := request()
	r.Header.Set("Authorization", "Bearer "+token)
	return r
}
