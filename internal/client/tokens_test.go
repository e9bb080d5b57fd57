package client_test

import (
	"slices"
	"testing"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/client"
)

func TestTheOperatorMakesListsAndRevokesTokensForEverybody(t *testing.T) {
	r := start(t)
	secret, err := r.CreateToken(t.Context(), client.TokenOrder{User: "ben@example.org", Name: "watcher", Scopes: []dictumal.Scope{"read"}, Expires: "7d"})
	if err != nil {
		t.Fatal(err)
	}
	all, err := r.Tokens(t.Context(), "")
	if err != nil || len(all) != 2 { // the rig has one itself
		t.Fatalf("all %+v, %v", all, err)
	}
	bens, err := r.Tokens(t.Context(), "ben@example.org")
	if err != nil || len(bens) != 1 || bens[0].Name != "watcher" || !slices.Equal(bens[0].Scopes, []dictumal.Scope{"read"}) || bens[0].UsedAt != nil {
		t.Fatalf("ben's %+v, %v", bens, err)
	}
	ben := r.over(t, secret)
	if _, err := ben.Deployments(t.Context()); err != nil {
		t.Errorf("it does not read: %v", err)
	}
	if _, err := ben.CreateToken(t.Context(), client.TokenOrder{}); err == nil {
		t.Error("it makes another token")
	}
	if err := r.RevokeToken(t.Context(), bens[0].ID); err != nil {
		t.Error(err)
	}
	if _, err := ben.Deployments(t.Context()); err == nil {
		t.Error("it reads after its end")
	}
	if err := r.RevokeToken(t.Context(), bens[0].ID); err == nil {
		t.Error("what is gone was revoked again")
	}
}
