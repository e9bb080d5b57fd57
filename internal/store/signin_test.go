package store_test

import (
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

func TestATokenOfAnEarlierVersionMayWhatItMightBefore(t *testing.T) {
	file := filepath.Join(t.TempDir(), "dictumal.db")
	earlier(t, file, "0001_init.sql", "0002_sighting_newer.sql")
	s := openAt(t, file)
	token, err := s.TokenByHash(t.Context(), "hash")
	if err != nil || !slices.Equal(token.Scopes, []dictumal.Scope{dictumal.ScopeAdmin}) {
		t.Errorf("it has become %+v, %v", token, err)
	}
}

func TestASignInTellsWhetherItsDeviceIsKnown(t *testing.T) {
	s := open(t)
	add := func(second int, device string) {
		t.Helper()
		if err := s.AddSignIn(t.Context(), store.SignIn{Account: "ada", At: time.Unix(int64(second), 0), Device: device, Agent: "Firefox", From: "192.0.2.1"}); err != nil {
			t.Fatal(err)
		}
	}
	for i, device := range []string{"laptop", "laptop", "phone", "laptop", "phone"} {
		add(i+1, device)
	}
	got, err := s.SignIns(t.Context(), "ada", 10)
	if err != nil {
		t.Fatal(err)
	}
	var known []bool // oldest first; the first of all is not called new
	for _, in := range slices.Backward(got) {
		known = append(known, in.Known)
	}
	if !slices.Equal(known, []bool{true, true, false, true, true}) {
		t.Errorf("known %v", known)
	}
	if newest := got[0]; newest.Device != "phone" || newest.At.Unix() != 5 || newest.Agent != "Firefox" || newest.From != "192.0.2.1" {
		t.Errorf("the newest is %+v", newest)
	}
	for i := range 150 {
		add(i+10, "device "+strconv.Itoa(i))
	}
	if got, err := s.SignIns(t.Context(), "ada", 1000); err != nil || len(got) != 100 || got[0].At.Unix() != 159 {
		t.Errorf("%d are kept, %v", len(got), err)
	}
}

func TestEndingAllSessionsTakesUnusedCodesAlong(t *testing.T) {
	s := open(t)
	if err := s.AddUser(t.Context(), dictumal.User{ID: "ben", Email: "ben@example.org", CreatedAt: time.Now()}, "local", "ben"); err != nil {
		t.Fatal(err)
	}
	for id, account := range map[string]string{"a1": "ada", "a2": "ada", "a3": "ada", "b1": "ben"} {
		if err := s.AddSession(t.Context(), store.Session{ID: id, User: dictumal.User{ID: account}, ExpiresAt: time.Now().Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
		code := store.Code{Hash: "code " + id, Kind: store.SignInCode, Account: account, ExpiresAt: time.Now().Add(time.Hour)}
		if err := s.AddCode(t.Context(), code); err != nil {
			t.Fatal(err)
		}
	}
	ended, err := s.RemoveSessionsOf(t.Context(), "ada", "a2")
	slices.Sort(ended)
	if err != nil || !slices.Equal(ended, []string{"a1", "a3"}) {
		t.Errorf("ended %v, %v", ended, err)
	}
	for code, good := range map[string]bool{"code a1": false, "code a2": false, "code b1": true} {
		if _, err := s.UseCode(t.Context(), store.Code{Hash: code, Kind: store.SignInCode}, store.Session{}, time.Now()); (err == nil) != good {
			t.Errorf("%s: %v", code, err)
		}
	}
}
