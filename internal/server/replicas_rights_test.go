package server

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/auth"
	"github.com/dictumal/dictumal/internal/control"
	"github.com/dictumal/dictumal/internal/gateway"
	"github.com/dictumal/dictumal/internal/store"
)

// losses are the ways in which somebody loses a desktop that they look at.
var losses = map[string]struct {
	viewer string // who looks; ada owns it, and has shared it with the others
	lose   func(r *replicas, at *replica, id, cookie string) error
	want   gateway.Ending
}{
	"its owner destroys it": {"ada@example.org", func(r *replicas, at *replica, id, _ string) error {
		_, err := at.control.Destroy(r.t.Context(), r.owner("ada@example.org"), id)
		return err
	}, gateway.EndDestroyed},
	"its constitution ends it": {"cleo@example.org", func(r *replicas, at *replica, id, _ string) error {
		row := r.claim(at, id)
		row.Status = dictumal.Destroying
		told := store.Entry{Event: dictumal.Event{Kind: dictumal.EventStatus, Status: dictumal.Destroying, Text: "Its lifetime is over."}}
		return at.rows.Save(r.t.Context(), row, store.Outcome{Entries: []store.Entry{told}, Wake: time.Now().Add(time.Hour)})
	}, gateway.EndDestroyed},
	"the grant is taken back": {"cleo@example.org", func(r *replicas, at *replica, id, _ string) error {
		grants, err := at.control.Grants(r.t.Context(), r.owner("ada@example.org"), id)
		r.must(err)
		return at.control.Unshare(r.t.Context(), r.owner("ada@example.org"), id, grants[0].ID)
	}, gateway.EndRevoked},
	"the grant becomes another": {"cleo@example.org", func(r *replicas, at *replica, id, _ string) error {
		_, _, err := at.control.Share(r.t.Context(), r.owner("ada@example.org"), id, control.ShareRequest{Email: "cleo@example.org", Control: dictumal.ControlViewOnly})
		return err
	}, gateway.EndChanged},
	"they sign out": {"ada@example.org", func(r *replicas, at *replica, _, cookie string) error {
		r.ask(at, http.MethodPost, "/sign-out", cookie, "")
		return nil
	}, gateway.EndRevoked},
	"they sign out everywhere": {"ada@example.org", func(r *replicas, at *replica, _, _ string) error {
		_, err := at.people.EndSessions(r.t.Context(), r.owner("ada@example.org"), true)
		return err
	}, gateway.EndRevoked},
	"their session is ended": {"ada@example.org", func(r *replicas, at *replica, _, _ string) error {
		sessions, err := at.people.Sessions(r.t.Context(), r.owner("ada@example.org"))
		r.must(err)
		return at.people.EndSession(r.t.Context(), r.owner("ada@example.org"), sessions[0].ID)
	}, gateway.EndRevoked},
	"they are blocked": {"dora@example.org", func(r *replicas, at *replica, _, _ string) error {
		admin := r.owner("root@example.org")
		admin.User.Admin = true
		return at.people.Block(r.t.Context(), admin, r.user("dora@example.org").ID)
	}, gateway.EndRevoked},
}

func TestWhatIsLostAtOneReplicaIsClosedAtTheOther(t *testing.T) {
	host := machineOf(t)
	r := newReplicas(t, func(r *replicas) { r.host = host })
	for name, loss := range losses {
		t.Run(name, func(t *testing.T) { r.wantLost(t, loss.viewer, loss.lose, loss.want) })
	}
}

// What is told of a commit may be lost with the connection that it comes by; each
// replica looks by itself, too.
func TestWhatIsLostIsClosedThoughNothingIsHeardOfIt(t *testing.T) {
	host := machineOf(t)
	r := newReplicas(t, func(r *replicas) { r.host, r.deaf = host, true })
	for _, name := range []string{"its owner destroys it", "the grant becomes another", "they sign out", "they are blocked"} {
		loss := losses[name]
		t.Run(name, func(t *testing.T) { r.wantLost(t, loss.viewer, loss.lose, loss.want) })
	}
}

func (r *replicas) wantLost(t *testing.T, email string, lose func(*replicas, *replica, string, string) error, want gateway.Ending) {
	t.Helper()
	here, there := r.all[0], r.all[1]
	id := r.desktop(here, "ada@example.org")
	t.Cleanup(func() {
		_, _ = here.control.Destroy(context.WithoutCancel(t.Context()), r.owner("ada@example.org"), id)
	})
	for _, guest := range []string{"cleo@example.org", "dora@example.org"} {
		_, _, err := here.control.Share(t.Context(), r.owner("ada@example.org"), id, control.ShareRequest{Email: guest})
		r.must(err)
	}
	cookie := r.signIn(here, email)
	socket := r.watch(there, id, cookie)
	begun := time.Now()
	r.must(lose(r, here, id, cookie))
	if got := ending(t, socket); got != want {
		t.Errorf("the viewer is told %+v, want %+v", got, want)
	}
	t.Logf("it was closed after %s", time.Since(begun).Round(time.Millisecond))
}

func TestATokenThatEndsAtOneReplicaEndsWhatItsLinksHaveOpenedAtTheOther(t *testing.T) {
	host := machineOf(t)
	r := newReplicas(t, func(r *replicas) { r.host = host })
	here, there := r.all[0], r.all[1]
	id := r.desktop(here, "ada@example.org")
	token, made, err := here.people.CreateToken(t.Context(), r.owner("ada@example.org"), auth.Wish{Name: "test", Scopes: []dictumal.Scope{dictumal.ScopeRead, dictumal.ScopeLaunch}})
	r.must(err)
	cookie, code := r.launch(here, there, id, token)
	if cookie == "" {
		t.Fatalf("the launch link answers %d at the other replica", code)
	}
	socket := r.watch(there, id, cookie)
	listening := r.listen(there, "/api/events", "", "Authorization", "Bearer "+token)
	listening.next(t)
	r.must(here.people.RevokeToken(t.Context(), r.owner("ada@example.org"), made.ID))
	if got := ending(t, socket); got != gateway.EndRevoked {
		t.Errorf("the viewer is told %+v", got)
	}
	listening.end(t)
	if answer := r.ask(there, http.MethodGet, "/api/deployments", "", "", "Authorization", "Bearer "+token); answer.Code != http.StatusUnauthorized {
		t.Errorf("the token is good for %d at the other replica", answer.Code)
	}
}
