package store_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

var begun = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

var plenty = store.LoginRoom{PerAddress: 100, Total: 100}

func login(number int, from string, at time.Time) store.Login {
	return store.Login{
		State: fmt.Sprintf("state-%s-%d", from, number), Browser: "browser", Provider: "oidc", Next: "/instances", From: from,
		ExpiresAt: at.Add(10 * time.Minute),
	}
}

func TestALoginIsGoodForOneAnswer(t *testing.T) {
	s := open(t)
	want := login(1, "192.0.2.1", begun)
	if err := s.AddLogin(t.Context(), want, plenty, begun); err != nil {
		t.Fatal(err)
	}
	if got, err := s.TakeLogin(t.Context(), want.State); err != nil || got != want {
		t.Errorf("took %+v (%v), want %+v", got, err, want)
	}
	if _, err := s.TakeLogin(t.Context(), want.State); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("taken again, it gives %v", err)
	}
}

func TestOfAHundredWhoBringTheSameStateOneHasIt(t *testing.T) {
	s := open(t)
	if err := s.AddLogin(t.Context(), login(1, "", begun), plenty, begun); err != nil {
		t.Fatal(err)
	}
	var coming sync.WaitGroup
	var taken atomic.Int64
	for range 100 {
		coming.Go(func() {
			if _, err := s.TakeLogin(t.Context(), login(1, "", begun).State); err == nil {
				taken.Add(1)
			}
		})
	}
	coming.Wait()
	if taken.Load() != 1 {
		t.Errorf("%d have it", taken.Load())
	}
}

func TestWhoFloodsLosesTheirOwnLogins(t *testing.T) {
	s := open(t)
	room := store.LoginRoom{PerAddress: 5, Total: 12}
	add := func(number int, from string) {
		t.Helper()
		at := begun.Add(time.Duration(number) * time.Millisecond)
		if err := s.AddLogin(t.Context(), login(number, from, at), room, at); err != nil {
			t.Fatal(err)
		}
	}
	held := func(number int, from string) bool {
		t.Helper()
		_, err := s.TakeLogin(t.Context(), login(number, from, begun).State)
		return err == nil
	}
	add(0, "192.0.2.1")
	for i := 1; i <= 50; i++ {
		add(i, "192.0.2.66")
	}
	if !held(0, "192.0.2.1") {
		t.Error("a flood from elsewhere has taken somebody's login")
	}
	if held(45, "192.0.2.66") || !held(46, "192.0.2.66") || !held(50, "192.0.2.66") {
		t.Error("of a flood, not the last five are held")
	}
	for i := 100; i < 130; i++ {
		add(i, fmt.Sprint("198.51.100.", i))
	}
	if held(117, "198.51.100.117") || !held(118, "198.51.100.118") || !held(129, "198.51.100.129") {
		t.Error("of a flood from everywhere, not the last twelve are held")
	}
}

func TestLoginsAreForgottenWhenTheirTimeIsOver(t *testing.T) {
	s := open(t)
	later := begun.Add(10 * time.Minute)
	for i, at := range []time.Time{begun, later} {
		if err := s.AddLogin(t.Context(), login(i, "", at), plenty, at); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.TakeLogin(t.Context(), login(0, "", begun).State); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("one that was over gives %v", err)
	}
}

func TestTheFirstWhoSignsInIsTheAdminHoweverManyComeAtOnce(t *testing.T) {
	s := open(t)
	const many = 20
	var coming sync.WaitGroup
	users := make([]dictumal.User, many)
	for i := range many {
		coming.Go(func() {
			var err error
			users[i], err = s.SignInUser(t.Context(), dictumal.User{
				ID: fmt.Sprint("user-", i), Issuer: "https://id.example.org", Email: "x@example.org", Name: "X", Admin: true, CreatedAt: begun,
			}, fmt.Sprint("subject-", i))
			if err != nil {
				t.Error(err)
			}
		})
	}
	coming.Wait()
	admins := 0
	for _, user := range users {
		if user.Admin {
			admins++
		}
	}
	if admins != 1 {
		t.Errorf("%d of %d are admins", admins, many)
	}
}

func TestWhoeverComesFirstUnderAListOfAdminsIsNoneWhenTheListIsGone(t *testing.T) {
	s := open(t)
	user := dictumal.User{ID: "a", Issuer: "https://id.example.org", Email: "a@example.org", CreatedAt: begun}
	if _, err := s.SignInUser(t.Context(), user, "a"); err != nil {
		t.Fatal(err)
	}
	user.ID, user.Admin = "b", true
	for _, subject := range []string{"a", "b"} {
		if got, err := s.SignInUser(t.Context(), user, subject); err != nil || got.Admin {
			t.Errorf("%s is %+v (%v)", subject, got, err)
		}
	}
}

func TestAUserIsWhomTheIssuerKnowsAndNotTheEmail(t *testing.T) {
	s := open(t)
	sign := func(id, issuer, subject, email string) dictumal.User {
		t.Helper()
		user, err := s.SignInUser(t.Context(), dictumal.User{ID: id, Issuer: issuer, Email: email, Name: "Ada", CreatedAt: begun}, subject)
		if err != nil {
			t.Fatal(err)
		}
		return user
	}
	first := sign("1", "https://a.example", "s", "ada@example.org")
	renamed := sign("2", "https://a.example", "s", "lovelace@example.org")
	other := sign("3", "https://b.example", "s", "lovelace@example.org")
	if renamed.ID != first.ID || renamed.Email != "lovelace@example.org" {
		t.Errorf("with another e-mail, %+v became %+v", first, renamed)
	}
	if other.ID == first.ID {
		t.Error("another issuer's subject is the same user")
	}
	if all, err := s.UsersByEmail(t.Context(), "lovelace@example.org"); err != nil || len(all) != 2 {
		t.Errorf("the e-mail has the users %+v (%v)", all, err)
	}
}
