package dictumal_test

import (
	"testing"

	"github.com/dictumal/dictumal"
)

func TestATokenMayDoWhatItsScopesSayAndASessionWhatItsUserMay(t *testing.T) {
	for _, c := range []struct {
		says   string
		who    dictumal.Principal
		scope  dictumal.Scope
		allows bool
	}{
		{"a session needs no scope", dictumal.Principal{Session: "s"}, dictumal.ScopeAdmin, true},
		{"a token without scopes may nothing", dictumal.Principal{Token: "t"}, dictumal.ScopeRead, false},
		{"what may deploy may read", token(dictumal.ScopeDeploy), dictumal.ScopeRead, true},
		{"what may deploy may not launch", token(dictumal.ScopeDeploy), dictumal.ScopeLaunch, false},
		{"what may launch may not read", token(dictumal.ScopeLaunch), dictumal.ScopeRead, false},
		{"what may read may not deploy", token(dictumal.ScopeRead), dictumal.ScopeDeploy, false},
		{"admin includes all", token(dictumal.ScopeAdmin), dictumal.ScopeLaunch, true},
		{"two scopes may both", token(dictumal.ScopeRead, dictumal.ScopeLaunch), dictumal.ScopeLaunch, true},
	} {
		t.Run(c.says, func(t *testing.T) {
			if got := c.who.May(c.scope); got != c.allows {
				t.Errorf("may %s = %v, want %v", c.scope, got, c.allows)
			}
		})
	}
}

func token(scopes ...dictumal.Scope) dictumal.Principal {
	return dictumal.Principal{Token: "t", Scopes: scopes}
}
