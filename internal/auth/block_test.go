package auth_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/auth"
)

func TestABlockedUserIsNobodyAtOnce(t *testing.T) {
	o := open(t, false)
	root, grace := o.user(""), o.user("grace@example.org")
	bears, others := o.program(), request(o.signIn(o.signInCode(o.user("bob@example.org"))))
	ada, _ := o.who(bears)
	sits := request(o.signIn(o.signInCode(ada.User)))
	sees := request(o.signIn(o.signInCode(grace)))
	signIn, launch := o.signInCode(ada.User), o.launchCode(ada.User, "D1")
	for _, r := range []*http.Request{bears, sits, sees, others} {
		if _, known := o.who(r); !known { // and is remembered from then on
			t.Fatal("somebody is nobody before anybody is blocked")
		}
	}
	o.must(o.Block(t.Context(), operator(root), ada.User.ID))
	for name, r := range map[string]*http.Request{"the session": sits, "the token": bears} {
		if _, known := o.who(r); known {
			t.Errorf("%s lets in who is blocked", name)
		}
	}
	for _, r := range []*http.Request{sees, others} {
		if _, known := o.who(r); !known {
			t.Error("somebody else is out, too")
		}
	}
	if err := o.SignIn(httptest.NewRecorder(), request(), signIn); !errors.Is(err, dictumal.ErrLink) {
		t.Errorf("a link from before answers %v", err)
	}
	if err := o.OpenDesktop(httptest.NewRecorder(), request(), launch, "D1"); !errors.Is(err, dictumal.ErrLink) {
		t.Errorf("a launch from before answers %v", err)
	}
	if err := o.SignIn(httptest.NewRecorder(), request(), o.signInCode(ada.User)); !errors.Is(err, dictumal.ErrBlocked) {
		t.Errorf("a new link answers %v", err)
	}
	if _, _, err := o.CreateToken(t.Context(), operator(root), auth.Wish{Email: ada.User.Email}); !errors.Is(err, dictumal.ErrBlocked) {
		t.Errorf("a token for who is blocked answers %v", err)
	}
	o.must(o.Unblock(t.Context(), operator(root), ada.User.ID))
	if _, known := o.who(sits); known {
		t.Error("unblocking brings back a session")
	}
	if _, known := o.who(o.anew(bears)); !known {
		t.Error("unblocking does not bring back the token")
	}
	if _, known := o.who(request(o.signIn(o.signInCode(ada.User)))); !known {
		t.Error("who is not blocked any more cannot sign in")
	}
}

func TestBlockingEndsWhatIsOpen(t *testing.T) {
	o := open(t, false)
	r := o.program()
	ada, _ := o.who(r)
	bySession, byToken := o.stream(request(o.signIn(o.signInCode(ada.User)))), o.stream(r)
	stays := o.stream(request(o.signIn(o.signInCode(o.user("bob@example.org")))))
	o.must(o.Block(t.Context(), operator(o.user("")), ada.User.ID))
	for name, ended := range map[string]<-chan error{"session": bySession, "token": byToken} {
		if cause := <-ended; !errors.Is(cause, errRevoked) {
			t.Errorf("the stream of the %s ended with %v, want %v", name, cause, errRevoked)
		}
	}
	select {
	case cause := <-stays:
		t.Errorf("somebody else's stream ended with %v", cause)
	default:
	}
}

// What begins while somebody is blocked, as by a request that was on its way, has no
// later life.
func TestASessionThatBeginsMeanwhileDoesNotComeToLife(t *testing.T) {
	o := open(t, false)
	root, ada := operator(o.user("")), o.user("ada@example.org")
	o.must(o.Block(t.Context(), root, ada.ID))
	w := httptest.NewRecorder()
	o.must(o.Begin(w, request(), ada))
	late := w.Result().Cookies()[0]
	if _, known := o.who(request(late)); known {
		t.Error("it lets in who is blocked")
	}
	o.must(o.Unblock(t.Context(), root, ada.ID))
	o.pass(auth.Fresh) // what was found to be wrong is looked up again
	if _, known := o.who(request(late)); known {
		t.Error("it lets in afterwards")
	}
}

func TestWhoIsBlockedComesInByNoProvider(t *testing.T) {
	p := openPorch(t)
	root := operator(p.user(""))
	first := p.visitor()
	first.enter()
	ada, _ := first.who(first.request("/"))
	p.must(p.Block(t.Context(), root, ada.User.ID))
	if first.in() {
		t.Error("the session is good still")
	}
	v := p.visitor()
	if _, err := v.finish("oidc", p.issuer.Visit(v.begin("oidc", "/"))); !errors.Is(err, dictumal.ErrBlocked) {
		t.Errorf("the same provider: %v", err)
	}
	if _, err := v.finish("google", p.another.Visit(v.begin("google", "/"))); !errors.Is(err, dictumal.ErrBlocked) {
		t.Errorf("another provider with the same e-mail: %v", err)
	}
	p.issuer.Claims = map[string]any{"email": "lovelace@example.org"}
	if _, err := v.finish("oidc", p.issuer.Visit(v.begin("oidc", "/"))); !errors.Is(err, dictumal.ErrBlocked) {
		t.Errorf("another e-mail: %v", err)
	}
	last := p.deeds[len(p.deeds)-1]
	if last.Action != "sign-in.refused" || last.Detail != dictumal.ErrBlocked.Message {
		t.Errorf("the log says %+v", last)
	}
	p.must(p.Unblock(t.Context(), root, ada.User.ID))
	if v.enter(); !v.in() {
		t.Error("who is not blocked any more cannot sign in")
	}
}

func TestWhoIsBlockedIsOutByEveryAccountWithTheSameEmail(t *testing.T) {
	p := openPorch(t)
	root := operator(p.user(""))
	first, second := p.visitor(), p.visitor()
	first.enter()
	_, err := second.finish("google", p.another.Visit(second.begin("google", "/")))
	p.must(err)
	ada, _ := first.who(first.request("/"))
	again, _ := second.who(second.request("/"))
	token, _, err := p.CreateToken(t.Context(), again, auth.Wish{Scopes: []dictumal.Scope{dictumal.ScopeRead}})
	p.must(err)
	brings := request()
	brings.Header.Set("Authorization", "Bearer "+token)
	p.must(p.Block(t.Context(), root, ada.User.ID))
	if _, known := p.who(brings); first.in() || second.in() || known {
		t.Errorf("in by one account %v, by the other %v, by its token %v", first.in(), second.in(), known)
	}
}

func TestWhoIsBlockedStaysKnownByTheEmail(t *testing.T) {
	p := openPorch(t)
	root, v := operator(p.user("")), p.visitor()
	v.enter()
	ada, _ := v.who(v.request("/"))
	p.must(p.Block(t.Context(), root, ada.User.ID))
	p.issuer.Claims = map[string]any{"email": "lovelace@example.org"}
	if _, err := v.finish("oidc", p.issuer.Visit(v.begin("oidc", "/"))); !errors.Is(err, dictumal.ErrBlocked) {
		t.Errorf("with another e-mail: %v", err)
	}
	if _, err := v.finish("google", p.another.Visit(v.begin("google", "/"))); !errors.Is(err, dictumal.ErrBlocked) {
		t.Errorf("by another provider with the e-mail that was blocked: %v", err)
	}
}

func TestNobodyBlocksThemselves(t *testing.T) {
	o := open(t, false)
	root, ada := o.user(""), person(o.admin("ada@example.org"))
	for name, c := range map[string]struct {
		who  dictumal.Principal
		whom string
	}{
		"oneself":                 {ada, ada.User.ID},
		"whoever runs the server": {ada, root.ID},
		"oneself on the socket":   {operator(root), root.ID},
	} {
		if err := o.Block(t.Context(), c.who, c.whom); dictumal.ErrorCode(err) != dictumal.CodeConflict {
			t.Errorf("blocking %s answers %v", name, err)
		}
	}
	if err := o.Block(t.Context(), ada, "01NOBODY"); !errors.Is(err, dictumal.ErrNotFound) {
		t.Errorf("blocking nobody answers %v", err)
	}
	if o.deeds[0].Action != "user.block" || o.deeds[0].Result != dictumal.ResultRefused {
		t.Errorf("the log says %+v", o.deeds[0])
	}
}

func TestAnAdministratorSignsSomebodyOutEverywhere(t *testing.T) {
	o := open(t, false)
	root, r := operator(o.user("")), o.program()
	ada, _ := o.who(r)
	one, two := request(o.signIn(o.signInCode(ada.User))), request(o.signIn(o.signInCode(ada.User)))
	ended := o.stream(one)
	count, err := o.SignOutOf(t.Context(), root, ada.User.ID)
	if err != nil || count != 2 {
		t.Fatalf("%d sessions ended (%v), want 2", count, err)
	}
	if cause := <-ended; !errors.Is(cause, errRevoked) {
		t.Errorf("the stream ended with %v", cause)
	}
	for _, r := range []*http.Request{one, two} {
		if _, known := o.who(r); known {
			t.Error("a session is good still")
		}
	}
	if _, known := o.who(r); !known {
		t.Error("the token is not good any more")
	}
	last := o.deeds[len(o.deeds)-1]
	if last.Action != "session.end-all" || last.Object != ada.User.ID || last.Actor != root.User.ID || last.Via != dictumal.ViaSocket {
		t.Errorf("the log says %+v", last)
	}
}

func TestOnlyAdministratorsDoThingsToOthers(t *testing.T) {
	o := open(t, false)
	bob, admin := o.user("bob@example.org"), o.admin("ada@example.org")
	for name, p := range map[string]dictumal.Principal{
		"somebody else":                   person(o.user("grace@example.org")),
		"a token without the scope":       {User: admin, Token: "t", Scopes: []dictumal.Scope{dictumal.ScopeRead, dictumal.ScopeDeploy, dictumal.ScopeLaunch}},
		"a session for one desktop":       {User: admin, Session: "s", OnlyDesktop: "D1"},
		"a token of somebody of no power": {User: bob, Token: "t", Scopes: []dictumal.Scope{dictumal.ScopeAdmin}},
	} {
		_, listed := o.Users(t.Context(), p, "", "", 9)
		_, signedOut := o.SignOutOf(t.Context(), p, bob.ID)
		for what, err := range map[string]error{
			"list": listed, "sign out": signedOut,
			"block": o.Block(t.Context(), p, bob.ID), "unblock": o.Unblock(t.Context(), p, bob.ID), "block nobody": o.Block(t.Context(), p, "01NOBODY"),
		} {
			if dictumal.ErrorCode(err) != dictumal.CodeForbidden {
				t.Errorf("%s: %s answers %v", name, what, err)
			}
		}
	}
}

func TestPeopleAreListedWithWhatTheyHave(t *testing.T) {
	p := openPorch(t)
	root := operator(p.user(""))
	v := p.visitor()
	v.enter()
	v.from = "192.0.2.1"
	ada, _ := v.who(v.request("/"))
	if _, _, err := p.CreateToken(t.Context(), ada, auth.Wish{Scopes: []dictumal.Scope{dictumal.ScopeRead}}); err != nil {
		t.Fatal(err)
	}
	people, err := p.Users(t.Context(), root, "", "", 9)
	if err != nil || len(people) != 2 {
		t.Fatalf("%+v (%v)", people, err)
	}
	at := slices.IndexFunc(people, func(one auth.Person) bool { return one.User.ID == ada.User.ID })
	if one := people[at]; one.Sessions != 1 || one.Tokens != 1 || one.Desktops != 0 || !one.SeenAt.Equal(noon) || one.Provider != "oidc" || one.Standing != auth.In || one.Operator || !one.User.Admin {
		t.Errorf("ada is listed as %+v", one)
	}
	if one := people[1-at]; one.Provider != "this server" || !one.Operator || one.Standing != auth.In {
		t.Errorf("the operator is listed as %+v", one)
	}
	p.pass(auth.SessionIdle)
	for who, want := range map[string]int{"ADA@": 1, ada.User.ID: 1, "%": 0, "nobody": 0} {
		if people, err := p.Users(t.Context(), root, who, "", 9); err != nil || len(people) != want || want > 0 && people[0].Sessions != 0 {
			t.Errorf("%q finds %+v (%v)", who, people, err)
		}
	}
	if people, err = p.Users(t.Context(), root, "", people[0].User.ID, 9); err != nil || len(people) != 1 {
		t.Errorf("after the first are %+v (%v)", people, err)
	}
	p.must(p.Block(t.Context(), root, ada.User.ID))
	if one, err := p.Person(t.Context(), root, ada.User.ID); err != nil || one.Standing != auth.Blocked || !one.User.BlockedAt.Equal(noon.Add(auth.SessionIdle)) {
		t.Errorf("ada is shown as %+v (%v)", one, err)
	}
	another := p.restart(auth.People{}, p.Providers)
	another.must(another.Unblock(t.Context(), root, ada.User.ID))
	if one, err := another.Person(t.Context(), root, ada.User.ID); err != nil || one.Standing != auth.NotListed {
		t.Errorf("ada is shown as %+v (%v)", one, err)
	}
	if _, err := p.Person(t.Context(), root, "ada"); !errors.Is(err, dictumal.ErrNotFound) {
		t.Errorf("a part of an e-mail is answered with %v", err)
	}
}

// Private

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

// admin is somebody who is an administrator and does not run the server.
func (o *office) admin(email string) dictumal.User {
	user := o.user(email)
	user.Admin = true
	return user
}

// anew is a request again, once what was found to be wrong is looked up again.
func (o *office) anew(r *http.Request) *http.Request {
	o.pass(auth.Fresh)
	return r
}
