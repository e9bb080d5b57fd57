package auth_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/auth"
	"github.com/dictumal/dictumal/internal/store"
)

var errRevoked = errors.New("the right to it was taken back")

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// office is an Auth on a real database with a clock that tests move.
type office struct {
	*auth.Auth
	t    *testing.T
	file string
	now  atomic.Pointer[time.Time]

	mutex sync.Mutex
	deeds []dictumal.Deed // that the audit log was told of
}

func open(t *testing.T, secure bool) *office {
	t.Helper()
	o := &office{t: t}
	o.now.Store(new(noon))
	o.begin(auth.Options{Secure: secure, Now: func() time.Time { return *o.now.Load() }})
	return o
}

// begin makes an Auth with these options on a new database.
func (o *office) begin(options auth.Options) {
	o.t.Helper()
	t := o.t
	o.file = filepath.Join(t.TempDir(), "dictumal.db")
	s, err := store.Open(t.Context(), o.file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	options.Store, options.Revoked = s, errRevoked
	options.Fail = func(w http.ResponseWriter, _ *http.Request, err error) {
		if dictumal.ErrorCode(err) != dictumal.CodeTooMany {
			t.Error(err)
		}
		w.WriteHeader(http.StatusTooManyRequests)
	}
	options.Audit = func(_ context.Context, d dictumal.Deed) {
		o.mutex.Lock()
		defer o.mutex.Unlock()
		o.deeds = append(o.deeds, d)
	}
	o.Auth = auth.New(options)
}

func (o *office) pass(d time.Duration) { o.now.Store(new(o.now.Load().Add(d))) }

func (o *office) user(email string) dictumal.User {
	o.t.Helper()
	user, err := o.User(o.t.Context(), email)
	if err != nil {
		o.t.Fatal(err)
	}
	return user
}

func (o *office) code(create func(context.Context) (string, error)) string {
	o.t.Helper()
	code, err := create(o.t.Context())
	if err != nil {
		o.t.Fatal(err)
	}
	return code
}

func (o *office) signInCode(user dictumal.User) string {
	return o.code(func(ctx context.Context) (string, error) { return o.SignInCode(ctx, operator(user)) })
}

func (o *office) launchCode(user dictumal.User, deployment string) string {
	return o.code(func(ctx context.Context) (string, error) { return o.LaunchCode(ctx, operator(user), deployment) })
}

// operator speaks for a user as the command line's socket does, and person as a
// browser that has just signed in.
func operator(user dictumal.User) dictumal.Principal {
	return dictumal.Principal{User: user, Token: dictumal.SocketToken, Scopes: []dictumal.Scope{dictumal.ScopeAdmin}}
}

func person(user dictumal.User) dictumal.Principal {
	return dictumal.Principal{User: user, Session: "a session", SignedInAt: noon}
}

func request(cookies ...*http.Cookie) *http.Request {
	r := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/", nil)
	for _, cookie := range cookies {
		r.AddCookie(cookie)
	}
	return r
}

// signIn returns the cookie that a browser has after it has used the code.
func (o *office) signIn(code string, cookies ...*http.Cookie) *http.Cookie {
	o.t.Helper()
	w := httptest.NewRecorder()
	if err := o.SignIn(w, request(cookies...), code); err != nil {
		o.t.Fatal(err)
	}
	return w.Result().Cookies()[0]
}

// who returns the principal of a request as a handler behind the middleware sees it.
func (o *office) who(r *http.Request) (principal dictumal.Principal, known bool) {
	o.Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		principal, known = auth.FromRequest(r)
	})).ServeHTTP(httptest.NewRecorder(), r)
	return principal, known
}

func TestASignInLinkWorksOnce(t *testing.T) {
	o := open(t, false)
	ada := o.user("ada@example.org")
	code := o.signInCode(ada)
	principal, known := o.who(request(o.signIn(code)))
	if !known || principal.User.ID != ada.ID || principal.Session == "" || principal.Token != "" || principal.OnlyDesktop != "" {
		t.Errorf("principal %+v, %v", principal, known)
	}
	if err := o.SignIn(httptest.NewRecorder(), request(), code); !errors.Is(err, dictumal.ErrLink) {
		t.Errorf("the second time: %v", err)
	}
	expired := o.signInCode(ada)
	o.pass(auth.SignInLife)
	if err := o.SignIn(httptest.NewRecorder(), request(), expired); !errors.Is(err, dictumal.ErrLink) {
		t.Errorf("expired: %v", err)
	}
	for _, code := range []string{"", "nonsense", o.launchCode(ada, "")} {
		if err := o.SignIn(httptest.NewRecorder(), request(), code); !errors.Is(err, dictumal.ErrLink) {
			t.Errorf("%q: %v", code, err)
		}
	}
}

func TestOfManyWhoUseALinkAtOnceOneGetsIn(t *testing.T) {
	o := open(t, false)
	code := o.signInCode(o.user(""))
	var in atomic.Int32
	var group sync.WaitGroup
	for range 100 {
		group.Go(func() {
			err := o.SignIn(httptest.NewRecorder(), request(), code)
			if err == nil {
				in.Add(1)
			} else if !errors.Is(err, dictumal.ErrLink) && dictumal.ErrorCode(err) != dictumal.CodeTooMany {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if in.Load() != 1 {
		t.Errorf("%d got in", in.Load())
	}
}

func TestSigningInEndsTheSessionThatTheBrowserBrought(t *testing.T) {
	o := open(t, false)
	ada := o.user("ada@example.org")
	old := o.signIn(o.signInCode(ada))
	fresh := o.signIn(o.signInCode(ada), old)
	if fresh.Value == old.Value {
		t.Error("the session is the same")
	}
	if _, known := o.who(request(old)); known {
		t.Error("the old session still works")
	}
	if _, known := o.who(request(fresh)); !known {
		t.Error("the new session does not work")
	}
}

func TestASessionEndsByItselfAndBySigningOut(t *testing.T) {
	o := open(t, false)
	ada := o.user("ada@example.org")
	idle, used, left := o.signIn(o.signInCode(ada)), o.signIn(o.signInCode(ada)), o.signIn(o.signInCode(ada))
	w := httptest.NewRecorder()
	if err := o.SignOut(w, request(left)); err != nil {
		t.Fatal(err)
	}
	if cookie := w.Result().Cookies()[0]; cookie.MaxAge >= 0 {
		t.Error("the cookie stays after signing out")
	}
	if _, known := o.who(request(left)); known {
		t.Error("the session works after signing out")
	}
	for passed := time.Duration(0); passed < auth.SessionLife; passed += 6 * time.Hour {
		if _, known := o.who(request(used)); !known {
			t.Fatalf("a session in use ended after %s", passed)
		}
		o.pass(6 * time.Hour)
	}
	if _, known := o.who(request(used)); known {
		t.Error("a session in use never ends")
	}
	if _, known := o.who(request(idle)); known {
		t.Error("an idle session never ends")
	}
}

func TestASessionThatNobodyUsesEndsAfterTheIdleTime(t *testing.T) {
	o := open(t, false)
	session := o.signIn(o.signInCode(o.user("")))
	o.pass(auth.SessionIdle - time.Second)
	if _, known := o.who(request(session)); !known {
		t.Fatal("it ended too early")
	}
	o.pass(auth.SessionIdle)
	if _, known := o.who(request(session)); known {
		t.Error("it never ends")
	}
}

func TestACookieThatWasTamperedWithIsNobody(t *testing.T) {
	o := open(t, false)
	cookie := o.signIn(o.signInCode(o.user("")))
	id, secret, _ := strings.Cut(cookie.Value, ".")
	for _, value := range []string{"", ".", id, id + ".", id + "." + strings.ToLower(secret), "." + secret, secret + "." + id} {
		if _, known := o.who(request(&http.Cookie{Name: cookie.Name, Value: value})); known {
			t.Errorf("%q is known", value)
		}
	}
}

func TestTheCookieIsOutOfReachOfScriptsAndOtherSites(t *testing.T) {
	for _, secure := range []bool{true, false} {
		o := open(t, secure)
		cookie := o.signIn(o.signInCode(o.user("")))
		if !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" || cookie.Domain != "" {
			t.Errorf("cookie %+v", cookie)
		}
		if cookie.Secure != secure || strings.HasPrefix(cookie.Name, "__Host-") != secure {
			t.Errorf("through TLS %v: cookie %+v", secure, cookie)
		}
	}
}
