package auth_test

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dictumal/dictumal/internal/auth"
)

// virtual runs a test in a time of its own, which passes while everybody waits.
func virtual(t *testing.T, test func(o *office)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		o := &office{t: t}
		o.begin(auth.Options{})
		test(o)
	})
}

func TestASignInHoldsThoughWhatHasExpiredCannotBeRemoved(t *testing.T) {
	o := open(t, false)
	ada := o.user("ada@example.org")
	o.signIn(o.signInCode(ada))
	db, err := sql.Open("sqlite", "file:"+o.file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // the test is over
	const refuse = `CREATE TRIGGER refuse BEFORE DELETE ON session BEGIN SELECT RAISE(ABORT, 'refused'); END`
	if _, err := db.ExecContext(t.Context(), refuse); err != nil {
		t.Fatal(err)
	}
	o.pass(auth.SessionLife)
	if _, known := o.who(request(o.signIn(o.signInCode(ada)))); !known {
		t.Error("whoever has just signed in is not known")
	}
}

func TestAStreamEndsWhenItsRightRunsOut(t *testing.T) {
	for name, test := range map[string]struct {
		life time.Duration
		by   func(o *office) *http.Request
	}{
		"a session": {auth.SessionLife, func(o *office) *http.Request { return request(o.signIn(o.signInCode(o.user("ada@example.org")))) }},
		"a session for one desktop": {auth.DesktopLife, func(o *office) *http.Request {
			w := httptest.NewRecorder()
			if err := o.OpenDesktop(w, request(), o.launchCode(o.user("ada@example.org"), "D1"), "D1"); err != nil {
				o.t.Fatal(err)
			}
			return request(w.Result().Cookies()[0])
		}},
		"a token": {auth.TokenLife, func(o *office) *http.Request { return o.program() }},
	} {
		t.Run(name, func(t *testing.T) {
			virtual(t, func(o *office) {
				begun := time.Now()
				stream := o.stream(test.by(o))
				if cause := <-stream; !errors.Is(cause, errRevoked) {
					o.t.Errorf("it ended with %v, want %v", cause, errRevoked)
				}
				if lived := time.Since(begun); lived != test.life {
					o.t.Errorf("it lived for %s, want %s", lived, test.life)
				}
			})
		})
	}
}

func TestAnOpenStreamCountsAsUseOfItsSession(t *testing.T) {
	virtual(t, func(o *office) {
		watching, idle := request(o.signIn(o.signInCode(o.user("ada@example.org")))), request(o.signIn(o.signInCode(o.user("ada@example.org"))))
		o.stream(watching)
		time.Sleep(3 * auth.SessionIdle)
		if _, known := o.who(watching); !known {
			o.t.Error("the session ended under its open stream")
		}
		if _, known := o.who(idle); known {
			o.t.Error("a session without a stream is in use, too")
		}
	})
}

func TestAfterItsStreamHasEndedASessionIsIdle(t *testing.T) {
	virtual(t, func(o *office) {
		r := request(o.signIn(o.signInCode(o.user("ada@example.org"))))
		ctx, leave := context.WithCancel(r.Context())
		o.stream(r.WithContext(ctx))
		time.Sleep(auth.SessionIdle)
		leave()
		time.Sleep(auth.SessionIdle + time.Hour)
		if _, known := o.who(r); known {
			o.t.Error("it never ends")
		}
	})
}
