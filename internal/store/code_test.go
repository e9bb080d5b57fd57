package store_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

// TestACodeThatIsUsedWhileEverythingEndsLeavesNoSession: either the session is there to
// be removed, or the code is gone.
func TestACodeThatIsUsedWhileEverythingEndsLeavesNoSession(t *testing.T) {
	for _, kind := range []store.CodeKind{store.SignInCode, store.LaunchCode} {
		s, now := open(t), time.Now()
		began := 0
		for n := range 50 {
			code := store.Code{Hash: fmt.Sprint("code ", n), Kind: kind, Account: "ada", ExpiresAt: now.Add(time.Hour)}
			if err := s.AddCode(t.Context(), code); err != nil {
				t.Fatal(err)
			}
			var both sync.WaitGroup
			both.Go(func() {
				if _, err := s.RemoveSessionsOf(t.Context(), "ada", ""); err != nil {
					t.Error(err)
				}
			})
			both.Go(func() { // which the scheduler lets go first, as a rule
				_, err := s.UseCode(t.Context(), code, store.Session{ID: fmt.Sprint("s", n), ExpiresAt: now.Add(time.Hour)}, now)
				if err == nil {
					began++
				} else if !errors.Is(err, store.ErrNotFound) {
					t.Error(err)
				}
			})
			both.Wait()
			if left, err := s.Sessions(t.Context(), "ada"); err != nil || len(left) > 0 {
				t.Fatalf("in round %d %d sessions are left (%v)", n, len(left), err)
			}
		}
		t.Logf("%s: of 50 codes %d were used first", kind, began)
	}
}

func TestACodeWhoseAccountWasSignedOutGivesNoSession(t *testing.T) {
	s, now := open(t), time.Now()
	code := store.Code{Hash: "code", Kind: store.SignInCode, Account: "ada", ExpiresAt: now.Add(time.Hour)}
	if err := s.AddCode(t.Context(), code); err != nil {
		t.Fatal(err)
	}
	if _, err := s.RemoveSessionsOf(t.Context(), "ada", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := s.UseCode(t.Context(), code, store.Session{ID: "s", ExpiresAt: now.Add(time.Hour)}, now); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("it is answered with %v", err)
	}
	if left, err := s.Sessions(t.Context(), "ada"); err != nil || len(left) > 0 {
		t.Errorf("it gives %+v (%v)", left, err)
	}
}

func TestACodeOfSomebodyWhoIsKeptOutGivesNoSession(t *testing.T) {
	s, now := open(t), time.Now()
	if _, err := s.Block(t.Context(), "ada", now); err != nil {
		t.Fatal(err)
	}
	code := store.Code{Hash: "code", Kind: store.SignInCode, Account: "ada", ExpiresAt: now.Add(time.Hour)}
	if err := s.AddCode(t.Context(), code); err != nil {
		t.Fatal(err)
	}
	got, err := s.UseCode(t.Context(), code, store.Session{ID: "s", ExpiresAt: now.Add(time.Hour)}, now)
	if err != nil || got.User.ID != "ada" || got.User.BlockedAt.IsZero() {
		t.Errorf("it is answered with %+v (%v)", got.User, err)
	}
	if left, err := s.Sessions(t.Context(), "ada"); err != nil || len(left) > 0 {
		t.Errorf("it gives %+v (%v)", left, err)
	}
}

func TestATokenThatIsRemovedTakesItsCodesAndSessionsAlong(t *testing.T) {
	s, now := open(t), time.Now()
	for _, id := range []string{"t1", "t2"} {
		token := store.Token{ID: id, Hash: "hash " + id, User: dictumal.User{ID: "ada"}, ExpiresAt: now.Add(time.Minute)}
		if err := s.AddToken(t.Context(), token); err != nil {
			t.Fatal(err)
		}
	}
	use := func(hash, session string) (store.Session, error) {
		code := store.Code{Hash: hash, Kind: store.LaunchCode}
		return s.UseCode(t.Context(), code, store.Session{ID: session, ExpiresAt: now.Add(time.Hour)}, now)
	}
	for hash, token := range map[string]string{"a": "t1", "b": "t1", "c": "t2", "d": "t2", "e": "", "f": ""} {
		code := store.Code{Hash: hash, Kind: store.LaunchCode, Account: "ada", Token: token, ExpiresAt: now.Add(time.Minute)}
		if err := s.AddCode(t.Context(), code); err != nil {
			t.Fatal(err)
		}
	}
	for hash, token := range map[string]string{"a": "t1", "c": "t2", "e": ""} {
		life := time.Minute
		if token == "" {
			life = time.Hour
		}
		got, err := use(hash, "s"+hash)
		if err != nil || got.Token != token || got.ExpiresAt.Sub(now).Round(time.Second) != life {
			t.Errorf("%s begins %+v (%v)", hash, got, err)
		}
	}
	if _, err := s.RemoveToken(t.Context(), "ben", "t1"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("somebody else's is removed with %v", err)
	}
	if ended, err := s.RemoveToken(t.Context(), "ada", "t1"); err != nil || len(ended) != 1 || ended[0] != "sa" {
		t.Errorf("ended %v (%v)", ended, err)
	}
	if left, err := s.Sessions(t.Context(), "ada"); err != nil || len(left) != 2 {
		t.Errorf("%d sessions are left (%v), want 2", len(left), err)
	}
	for hash, good := range map[string]bool{"b": false, "d": true, "f": true} {
		if _, err := use(hash, "s"+hash); (err == nil) != good {
			t.Errorf("%s: %v", hash, err)
		}
	}
}
