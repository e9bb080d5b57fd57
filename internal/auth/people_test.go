package auth_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/auth"
	"github.com/dictumal/dictumal/internal/auth/oidc"
)

func TestWhoIsTakenFromTheListIsOutAtOnce(t *testing.T) {
	p := openPorch(t)
	v := p.visitor()
	v.enter()
	who, _ := v.who(v.request("/"))
	token, _, err := p.CreateToken(t.Context(), who, auth.Wish{Scopes: []dictumal.Scope{dictumal.ScopeRead}})
	if err != nil {
		t.Fatal(err)
	}
	brings := request()
	brings.Header.Set("Authorization", "Bearer "+token)
	for _, step := range []struct {
		name   string
		people auth.People
		in     bool
		admin  bool
	}{
		{"as it was", p.People, true, true},
		{"with others on the list", auth.People{Allow: []string{"example.net", "bob@example.org"}}, false, false},
		{"with everybody", auth.People{Allow: []string{"*"}, Admin: []string{"bob@example.org"}}, true, false},
		{"as one of the admins", auth.People{Allow: []string{"example.net"}, Admin: []string{"ada@example.org"}}, true, true},
		{"by e-mail", auth.People{Allow: []string{"ada@example.org"}, Admin: []string{"bob@example.org"}}, true, false},
		{"with nobody", auth.People{}, false, false},
	} {
		t.Run(step.name, func(t *testing.T) {
			restarted := p.restart(step.people, p.Providers)
			who, known := restarted.who(v.request("/"))
			if known != step.in || known && who.User.Admin != step.admin {
				t.Errorf("the session is %+v's (%v)", who.User, known)
			}
			if _, known := restarted.who(brings); known != step.in {
				t.Errorf("the token is good: %v", known)
			}
		})
	}
	t.Run("with their domain, for which the provider does not speak", func(t *testing.T) {
		user := who.User
		user.Domain = false
		_, err := p.Store.SignInUser(t.Context(), user, "ada")
		p.must(err)
		if _, known := p.restart(p.People, p.Providers).who(v.request("/")); known {
			t.Error("somebody is in whom no entry names")
		}
	})
	t.Run("without the provider", func(t *testing.T) {
		if _, known := p.restart(p.People, nil).who(v.request("/")); known {
			t.Error("somebody is in for whom nobody vouches any more")
		}
	})
}

func TestTheOperatorComesInWhateverTheListsSay(t *testing.T) {
	p := openPorch(t)
	p.People = auth.People{Allow: []string{"bob@example.org"}, Admin: []string{"bob@example.org"}}
	who, known := p.who(request(p.signIn(p.signInCode(p.user("")))))
	if !known || !who.User.Admin || who.User.Email != "local@localhost" {
		t.Errorf("%+v is in (%v)", who, known)
	}
}

func TestWhomTheOperatorVouchedForIsOutOnceAProviderDoes(t *testing.T) {
	p := openPorch(t)
	alone := p.restart(auth.People{}, nil)
	cookie := alone.signIn(alone.signInCode(alone.user("ada@example.org")))
	if _, known := alone.who(request(cookie)); !known {
		t.Fatal("without a provider, nobody is in")
	}
	if _, known := p.who(request(cookie)); known {
		t.Error("with a provider, somebody is in whom it does not know")
	}
}

func TestATokenForSomebodyTakesThatTheySignedIn(t *testing.T) {
	p := openPorch(t)
	_, err := p.User(t.Context(), "ada@example.org")
	if dictumal.ErrorCode(err) != dictumal.CodeNotFound || !strings.Contains(dictumal.ErrorMessage(err), "have them sign in once") {
		t.Errorf("before, the answer is %v", err)
	}
	v := p.visitor()
	v.enter()
	who, _ := v.who(v.request("/"))
	if user, err := p.User(t.Context(), "Ada@example.org"); err != nil || user.ID != who.User.ID {
		t.Errorf("afterwards, it is %+v (%v)", user, err)
	}
}

func TestTheEmailFollowsTheProvider(t *testing.T) {
	p := openPorch(t)
	v := p.visitor()
	v.enter()
	before, _ := v.who(v.request("/"))
	p.issuer.Claims = map[string]any{"email": "lovelace@example.org", "name": ""}
	p.visitor().enter()
	after, _ := v.who(v.request("/"))
	if after.User.ID != before.User.ID || after.User.Email != "lovelace@example.org" || after.User.Name != "lovelace@example.org" {
		t.Errorf("%+v became %+v", before.User, after.User)
	}
}

func TestSigningInByAProviderEndsTheSessionThatTheBrowserBrought(t *testing.T) {
	p := openPorch(t)
	v := p.visitor()
	v.enter()
	before := v.request("/")
	v.enter()
	if _, known := p.who(before); known {
		t.Error("the session from before is still good")
	}
	if !v.in() {
		t.Error("the new one is not")
	}
}

// restart is the same rows under other settings.
func (p *porch) restart(people auth.People, providers []*oidc.Provider) *office {
	options := p.Options
	options.People, options.Providers = people, slices.Clone(providers)
	options.Fail = func(_ http.ResponseWriter, _ *http.Request, err error) { p.t.Error(err) }
	o := &office{t: p.t, Auth: auth.New(options)}
	o.now.Store(p.now.Load())
	return o
}
