package oidc_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/auth/oidc"
)

// says is a provider that says this of itself, whatever it is.
func says(t *testing.T, answer http.HandlerFunc) *oidc.Provider {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	return oidc.New(oidc.Options{Name: "oidc", Label: "id.example.org", Issuer: server.URL, ID: "x", Secret: "y", Callback: "https://desktops.example.org/api/auth/callback/oidc"})
}

func TestAProviderThatNamesAnAddressInTheClearIsNotUsed(t *testing.T) {
	for _, address := range []string{"http://id.example.org/authorize", "javascript:alert(1)", "//id.example.org/x", ""} {
		p := says(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprintf(w, `{"issuer":"http://%s","authorization_endpoint":%q,"token_endpoint":"https://id.example.org/t","jwks_uri":"https://id.example.org/k"}`, r.Host, address)
		})
		if to, err := p.Begin(t.Context(), oidc.Attempt{}); dictumal.ErrorCode(err) != dictumal.CodeUnavailable {
			t.Errorf("%q leads to %q (%v)", address, to, err)
		}
	}
}

func TestATokenGoesNowhereInTheClear(t *testing.T) {
	p := says(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"issuer":"http://%s","authorization_endpoint":"https://id.example.org/a","token_endpoint":"https://id.example.org/t",
			"jwks_uri":"https://id.example.org/k","userinfo_endpoint":"http://id.example.org/u"}`, r.Host)
	})
	if to, err := p.Begin(t.Context(), oidc.Attempt{}); dictumal.ErrorCode(err) != dictumal.CodeUnavailable {
		t.Errorf("it leads to %q (%v)", to, err)
	}
}

func TestAnAnswerWithoutEndIsCutOff(t *testing.T) {
	p := says(t, func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := w.Write([]byte(strings.Repeat("x", 64<<10))); err != nil {
				return
			}
		}
	})
	if _, err := p.Begin(t.Context(), oidc.Attempt{}); dictumal.ErrorCode(err) != dictumal.CodeUnavailable || len(err.Error()) > 500 {
		t.Errorf("the error is %.600v", err)
	}
}

func TestARedirectIsNotFollowed(t *testing.T) {
	followed := atomic.Bool{}
	p := says(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/elsewhere" {
			followed.Store(true)
			return
		}
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	})
	if _, err := p.Begin(t.Context(), oidc.Attempt{}); err == nil || followed.Load() {
		t.Errorf("the error is %v; it was followed: %v", err, followed.Load())
	}
}

func TestAHundredWhoComeAtOnceAskTheProviderOnce(t *testing.T) {
	asked := atomic.Int64{}
	p := says(t, func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		http.Error(w, "out of order", http.StatusBadGateway)
	})
	var coming sync.WaitGroup
	for range 100 {
		coming.Go(func() {
			if err := p.Look(t.Context()); err != nil && dictumal.ErrorCode(err) != dictumal.CodeUnavailable {
				t.Error(err)
			}
		})
	}
	coming.Wait()
	if asked.Load() != 1 {
		t.Errorf("it was asked %d times", asked.Load())
	}
}
