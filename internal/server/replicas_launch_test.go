package server

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/auth"
	"github.com/dictumal/dictumal/internal/auth/oidc"
	"github.com/dictumal/dictumal/internal/auth/oidc/oidctest"
)

func TestALaunchLinkOfOneReplicaOpensTheDesktopAtTheOtherOnce(t *testing.T) {
	host := machineOf(t)
	r := newReplicas(t, func(r *replicas) { r.host = host })
	id := r.desktop(r.all[0], "ada@example.org")
	token, _, err := r.all[0].people.CreateToken(t.Context(), r.owner("ada@example.org"), auth.Wish{Name: "test", Scopes: []dictumal.Scope{dictumal.ScopeLaunch}})
	r.must(err)
	link := r.ask(r.all[0], http.MethodGet, "/api/deployments/"+id+"/launch", "", "", "Authorization", "Bearer "+token).Header().Get("Location")
	_, code, found := strings.Cut(link, "#code=")
	if !found {
		t.Fatalf("the launch leads to %q", link)
	}
	var (
		redeeming sync.WaitGroup
		mutex     sync.Mutex
		opened    []string
	)
	for i := range 8 {
		redeeming.Go(func() {
			if cookie, _ := r.redeem(r.all[i%2], id, code); cookie != "" {
				mutex.Lock()
				defer mutex.Unlock()
				opened = append(opened, cookie)
			}
		})
	}
	redeeming.Wait()
	if len(opened) != 1 {
		t.Fatalf("the link was good %d times, want once", len(opened))
	}
	for _, one := range r.all {
		r.watch(one, id, opened[0])
	}
}

func TestASignInThatBeginsAtOneReplicaIsFinishedAtTheOther(t *testing.T) {
	issuer := oidctest.New(t)
	r := newReplicas(t, func(r *replicas) {
		r.issuer = &oidc.Options{
			Name: "oidc", Label: "Company", Issuer: issuer.URL, ID: oidctest.ClientID, Secret: oidctest.ClientSecret,
			Callback: r.url.String() + "/api/auth/callback/oidc",
		}
	})
	begun := r.ask(r.all[0], http.MethodGet, "/api/auth/signin/oidc?next=/instances", "", "")
	back := issuer.Visit(begun.Header().Get("Location"))
	browser := cookies(begun)[0]
	finished := r.ask(r.all[1], http.MethodGet, back.RequestURI(), browser.Name+"="+browser.Value, "", "Accept", "text/html")
	var session string
	for _, set := range cookies(finished) {
		if set.Name == r.all[1].people.CookieName() {
			session = set.Name + "=" + set.Value
		}
	}
	if finished.Code != http.StatusSeeOther && finished.Code != http.StatusFound || session == "" {
		t.Fatalf("coming back to the other replica answers %d: %s", finished.Code, finished.Body)
	}
	if answer := r.ask(r.all[0], http.MethodGet, "/api/deployments", session, ""); answer.Code != http.StatusOK {
		t.Errorf("where it began the session is good for %d", answer.Code)
	}
	if again := r.ask(r.all[0], http.MethodGet, back.RequestURI(), browser.Name+"="+browser.Value, ""); again.Code != http.StatusForbidden {
		t.Errorf("the same answer is good twice: %d", again.Code)
	}
}

// launch opens a desktop for a program at one replica, and redeems the link at another.
func (r *replicas) launch(here, there *replica, id, token string) (cookie string, code int) {
	r.t.Helper()
	link := r.ask(here, http.MethodGet, "/api/deployments/"+id+"/launch", "", "", "Authorization", "Bearer "+token).Header().Get("Location")
	_, secret, _ := strings.Cut(link, "#code=")
	return r.redeem(there, id, secret)
}

// redeem gives the session that a launch code opens; empty: none.
func (r *replicas) redeem(at *replica, id, secret string) (cookie string, code int) {
	r.t.Helper()
	request := httptest.NewRequestWithContext(r.t.Context(), http.MethodPost, (&url.URL{Scheme: "http", Host: r.url.Host, Path: "/desktop/" + id + "/session"}).String(),
		strings.NewReader(`{"code":"`+secret+`"}`))
	answer := httptest.NewRecorder()
	at.public.Handler.ServeHTTP(answer, request)
	for _, set := range cookies(answer) {
		cookie = set.Name + "=" + set.Value
	}
	return cookie, answer.Code
}
