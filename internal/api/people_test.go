package api_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestAdministratorsListBlockAndSignOutPeople(t *testing.T) {
	o := open(t)
	root, ada := o.user(""), o.user("ada@example.org")
	ada.deploy(ada.constitution())
	list := root.ask("GET", "/api/people?who=ada%40", "")
	for _, want := range []string{
		`"email":"ada@example.org"`, `"provider":"this server"`, `"admin":false`, `"standing":"in"`, `"blockedAt":null`, `"desktops":1`, `"sessions":0`, `"tokens":1`,
	} {
		if !strings.Contains(list.body, want) {
			t.Errorf("%s is not in %d %s", want, list.status, list.body)
		}
	}
	if strings.Contains(list.body, "local@localhost") {
		t.Errorf("somebody else is found, too: %s", list.body)
	}
	_, id, _ := strings.Cut(list.body, `"id":"`)
	id, _, _ = strings.Cut(id, `"`)
	for _, c := range []struct {
		who          client
		method, path string
		status       int
		says         string
	}{
		{ada, "GET", "/api/people", http.StatusForbidden, "administrators"},
		{ada, "POST", "/api/people/" + id + "/block", http.StatusForbidden, "administrators"},
		{root, "DELETE", "/api/people/" + id + "/sessions", http.StatusOK, `{"ended":0}`},
		{root, "POST", "/api/people/" + id + "/block", http.StatusOK, `"standing":"blocked","blockedAt":"2`},
		{ada, "GET", "/api/deployments", http.StatusUnauthorized, ""},
		{root, "GET", "/api/people?who=" + id, http.StatusOK, `"desktops":1`},
		{root, "POST", "/api/people/" + id + "/unblock", http.StatusOK, `"standing":"in","blockedAt":null`},
		{root, "POST", "/api/people/01NOBODY/block", http.StatusNotFound, "no such thing"},
		{root, "GET", "/api/people?limit=999", http.StatusUnprocessableEntity, "limit"},
	} {
		if got := c.who.ask(c.method, c.path, ""); got.status != c.status || !strings.Contains(got.body, c.says) {
			t.Errorf("%s %s answers %d %s, want %d and %s", c.method, c.path, got.status, got.body, c.status, c.says)
		}
	}
}
