package auth_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/auth"
	"github.com/dictumal/dictumal/internal/store"
)

// FuzzSessionCookie checks that a request is somebody's by the very cookie or token
// that was given out, and by nothing that is like it. {cookie}, {id}, {secret} and
// {token} stand for what is right.
func FuzzSessionCookie(f *testing.F) {
	for _, header := range []string{
		"dictumal={cookie}", "dictumal={id}.{secret}", "dictumal={secret}.{id}", "dictumal={id}.", "dictumal=.{secret}", "dictumal={id}.{id}", "dictumal={id}.{secret}x", "dictumal={id}", "dictumal=.",
		`dictumal="{cookie}"`, "dictumal={cookie}; dictumal=x", "dictumal=x; dictumal={cookie}", "Dictumal={cookie}", "__Host-dictumal={cookie}", "dictumal-sign-in={cookie}", " dictumal={cookie} ;", "dictumal={token}",
		"dictumal={id}'--.{secret}", "dictumal={id}%2e{secret}", "dictumal={id}.{secret}.{secret}", "dictumal=" + strings.Repeat("A", 9000), "", "dictumal", "dictumal=%00", "dictumal={id}\x00.{secret}",
	} {
		f.Add(header, "")
	}
	for _, header := range []string{
		"Bearer {token}", "bearer  {token} ", "Basic {token}", "{token}", "Bearer {cookie}", "Bearer {id}", "Bearer {token}x", "Bearer dictumal_", "Bearer {token} {token}", "Bearer\t{token}", "Bearer", " ",
	} {
		f.Add("dictumal={cookie}", header)
	}
	o := fuzzed(f)
	cookie, token := o.signIn(f)
	id, secret, _ := strings.Cut(cookie, ".")
	right := strings.NewReplacer("{cookie}", cookie, "{id}", id, "{secret}", secret, "{token}", token)
	f.Fuzz(func(t *testing.T, cookies, authorization string) {
		cookies, authorization = right.Replace(cookies), right.Replace(authorization)
		r := request()
		r.Header = http.Header{"Cookie": {cookies}, "Authorization": {authorization}}
		var p dictumal.Principal
		known := false
		o.auth(t).Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			p, known = auth.FromRequest(r)
		})).ServeHTTP(httptest.NewRecorder(), r)
		scheme, bearer, _ := strings.Cut(authorization, " ")
		byToken := strings.EqualFold(scheme, "bearer") && strings.TrimSpace(bearer) == token
		byCookie := authorization == "" && firstCookie(cookies) == cookie
		switch {
		case known != (byToken || byCookie):
			t.Errorf("with the cookies %q and %q somebody is known: %v", cookies, authorization, known)
		case known && (p.User.ID != o.ada.ID || (p.Token != "") != byToken || (p.Session != "") != byCookie || byCookie && p.Session != id):
			t.Errorf("with the cookies %q and %q it is %+v", cookies, authorization, p)
		}
	})
}

// FuzzLaunchCode checks that a launch code opens its desktop, once, and no other, and
// that whatever else is brought gives nothing and spoils nothing. {code} and {desktop}
// stand for what is right.
func FuzzLaunchCode(f *testing.F) {
	for _, try := range [][2]string{
		{"{code}", "{desktop}"},
		{"{code}", "01K9OTHER"},
		{"{code}", ""},
		{"", "{desktop}"},
		{"{code} ", "{desktop}"},
		{" {code}", "{desktop}"},
		{"{code}{code}", "{desktop}"},
		{"{code}", "{desktop}x"},
		{"{code}\x00", "{desktop}"},
		{"' OR '1'='1", "{desktop}"},
		{"{code}", "' OR ''='"},
		{"{code}", "%"},
		{"%", "%"},
		{strings.Repeat("A", 9000), "{desktop}"},
		{"\xff", "\xff"},
		{"#code={code}", "{desktop}"},
	} {
		f.Add(try[0], try[1])
	}
	const desktop = "01K9X3V7Q8N2M4P6R5S7T9W0YZ"
	o := fuzzed(f)
	f.Fuzz(func(t *testing.T, code, deployment string) {
		a := o.auth(t)
		given, err := a.LaunchCode(t.Context(), operator(o.ada), desktop)
		if err != nil {
			t.Fatal(err)
		}
		right := strings.NewReplacer("{code}", given, "{desktop}", desktop)
		code, deployment = right.Replace(code), right.Replace(deployment)
		try := func(code, deployment string) bool {
			answer := httptest.NewRecorder()
			err := a.OpenDesktop(answer, request(), code, deployment)
			set := answer.Result().Cookies()
			if err != nil {
				if !errors.Is(err, dictumal.ErrLink) || len(set) > 0 {
					t.Errorf("%q for %q is refused with %v and %v", code, deployment, err, set)
				}
				return false
			}
			a.Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				if p, _ := auth.FromRequest(r); p.User.ID != o.ada.ID || p.OnlyDesktop != desktop {
					t.Errorf("%q for %q gives %+v", code, deployment, p)
				}
			})).ServeHTTP(httptest.NewRecorder(), request(set...))
			return true
		}
		opened := try(code, deployment)
		if opened != (code == given && deployment == desktop) {
			t.Errorf("%q opens %q: %v", code, deployment, opened)
		}
		if again := try(given, desktop); again == opened {
			t.Errorf("after %q for %q, the code opens its desktop: %v", code, deployment, again)
		}
	})
}

// Private

// doors is a database with somebody in it, for as long as a target runs.
type doors struct {
	store *store.Store
	ada   dictumal.User
}

func fuzzed(f *testing.F) *doors {
	f.Helper()
	s, err := store.Open(f.Context(), filepath.Join(f.TempDir(), "dictumal.db"))
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = s.Close() })
	d := &doors{store: s}
	if d.ada, err = d.auth(f).User(f.Context(), "ada@example.org"); err != nil {
		f.Fatal(err)
	}
	return d
}

// auth is a new one each time: nobody has to wait for what was wrong before.
func (d *doors) auth(tb testing.TB) *auth.Auth {
	tb.Helper()
	return auth.New(auth.Options{Store: d.store, Revoked: errRevoked, Fail: func(_ http.ResponseWriter, _ *http.Request, err error) {
		tb.Errorf("who it is could not be looked up: %v", err)
	}})
}

// signIn gives a session and a token.
func (d *doors) signIn(f *testing.F) (cookie, token string) {
	f.Helper()
	a := d.auth(f)
	code, err := a.SignInCode(context.Background(), operator(d.ada))
	if err != nil {
		f.Fatal(err)
	}
	answer := httptest.NewRecorder()
	if err := a.SignIn(answer, request(), code); err != nil {
		f.Fatal(err)
	}
	if token, _, err = a.CreateToken(context.Background(), operator(d.ada), auth.Wish{}); err != nil {
		f.Fatal(err)
	}
	return answer.Result().Cookies()[0].Value, token
}

// firstCookie is the value of the first cookie of our name, by RFC 6265.
func firstCookie(header string) string {
	for pair := range strings.SplitSeq(header, ";") {
		name, value, _ := strings.Cut(strings.Trim(pair, " \t\r\n"), "=")
		if strings.Trim(name, " \t\r\n") != "dictumal" {
			continue
		}
		if len(value) > 1 && value[0] == '"' && value[len(value)-1] == '"' {
			value = value[1 : len(value)-1]
		}
		return value
	}
	return ""
}
