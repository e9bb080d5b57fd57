package digitalocean_test

import (
	"testing"

	"github.com/dictumal/dictumal/internal/provider/digitalocean"
	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

func TestTheAccountIsAskedForOnce(t *testing.T) {
	ocean := oceantest.New(oceantest.Options{Token: "t", Account: oceantest.Account{UUID: "ours"}})
	provider := digitalocean.New(digitalocean.Config{Token: "t", Installation: "here", Transport: ocean.Transport()})
	for range 3 {
		if account, err := provider.Account(t.Context()); err != nil || account != "ours" {
			t.Errorf("account %q, %v", account, err)
		}
	}
	if calls := len(ocean.Calls()); calls != 1 {
		t.Errorf("%d calls, want one", calls)
	}
}
