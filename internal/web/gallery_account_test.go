package web

import (
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/auth"
	"github.com/dictumal/dictumal/internal/store"
)

const (
	firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0"
	iphone  = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1"
)

func accountScenes() []scene {
	ago := func(hours int) time.Time { return noon.Add(-time.Duration(hours) * time.Hour) }
	page := func() AccountPage {
		p := AccountPage{
			Frame: frame("account", "Account", ""), Email: "ada@example.org", Admin: true,
			Wish: newTokenForm("", []dictumal.Scope{dictumal.ScopeRead}, ""),
		}
		for _, t := range []store.Token{
			{ID: "t1", Name: "build server", Scopes: []dictumal.Scope{"deploy", "launch"}, CreatedAt: ago(900), UsedAt: ago(1), From: "2001:db8:1:2:3:4:5:6", ExpiresAt: ago(-480)},
			{ID: "t2", Name: "laptop", Scopes: []dictumal.Scope{"admin"}, CreatedAt: noon, ExpiresAt: ago(-720)},
		} {
			p.Tokens = append(p.Tokens, newTokenRow(t, noon))
		}
		for _, s := range []store.Session{
			{ID: "s1", Agent: firefox, From: "192.0.2.17", CreatedAt: ago(5), SeenAt: noon},
			{ID: "s2", Agent: iphone, From: "203.0.113.9", CreatedAt: ago(50), SeenAt: ago(26)},
			{ID: "s3", Agent: firefox, CreatedAt: ago(2), SeenAt: ago(1), OnlyDesktop: "d1"},
		} {
			p.Sessions = append(p.Sessions, newSessionRow(s, "s1", noon))
		}
		p.tell([]store.SignIn{
			{Agent: firefox, From: "192.0.2.17", At: ago(5), Known: true},
			{Agent: iphone, From: "203.0.113.9", At: ago(500)},
		}, noon)
		return p
	}
	made, strange, stale, refused, plain := page(), page(), page(), page(), page()
	made.Fresh = "dictumal_7QW2M4ZP5K6RXEJ3HNTA9VDB8C"
	strange.SignIns = nil
	strange.tell([]store.SignIn{{Agent: iphone, From: "203.0.113.9", At: ago(50)}, {Agent: firefox, From: "192.0.2.17", At: ago(105), Known: true}}, noon)
	stale.Wish.Again = auth.ErrSignInAgain.Message
	refused.Notice = "A token without a scope opens nothing; choose of read, deploy, launch and admin."
	refused.Wish = newTokenForm("nightly build", nil, "7d")
	plain.Tokens, plain.SignIns, plain.Admin = nil, nil, false
	return []scene{
		{name: "account", page: "account", view: made},
		{name: "account-strangers", page: "account", view: strange},
		{name: "account-sign-in-again", page: "account", view: stale},
		{name: "account-refused", page: "account", view: refused},
		{name: "account-plain", page: "account", view: plain},
	}
}
