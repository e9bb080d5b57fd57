package web_test

import (
	"bufio"
	"os/exec"
	"strings"
	"testing"

	"github.com/dictumal/dictumal/internal/auth"
	"github.com/dictumal/dictumal/internal/auth/oidc"
	"github.com/dictumal/dictumal/internal/browsertest"
)

// certified starts a provider that was not written for this program, and lets people
// in by it.
func (w *world) certified() {
	w.Helper()
	options := oidc.Options{
		Name: "oidc", Label: "the registry", ID: "desktops", Secret: "known to both", Callback: w.URL + "/api/auth/callback/oidc",
	}
	command := exec.CommandContext(w.Context(), "node", "testdata/provider.mjs", options.Callback, options.ID, options.Secret)
	command.Stderr = w.Output()
	said, err := command.StdoutPipe()
	w.must(err)
	w.must(command.Start())
	w.Cleanup(func() { _ = command.Wait() }) // it is killed with the test's context
	line, err := bufio.NewReader(said).ReadString('\n')
	if err != nil {
		w.Fatalf("the provider did not start (%v); run npm ci", err)
	}
	options.Issuer = strings.TrimSpace(line)
	w.auth.Providers = []*oidc.Provider{oidc.New(options)}
	w.auth.People = auth.People{Allow: []string{"example.org"}}
}

// at signs in at the provider, where that asks.
func at(page *browsertest.Page, login string) {
	page.Fill("input[name=login]", login)
	page.Fill("input[name=password]", "any")
	page.Click("button[type=submit]")
	page.WaitFor(`document.querySelector("button[autofocus], button[type=submit]") && !document.querySelector("input[name=login]")`)
	page.Click("button[type=submit]")
}

func TestSomebodySignsInByACertifiedProviderAndDeploys(t *testing.T) {
	w := newWorld(t)
	w.certified()
	page := browsertest.Open(t).Page(t)

	page.Goto(w.URL + "/constitutions/new")
	page.WaitVisible("text=Sign in with the registry")
	page.Click("text=Sign in with the registry")
	at(page, "ada")
	page.WaitFor(`location.pathname === "/constitutions/new"`)
	if got := page.Text(".account span"); got != "Account" {
		t.Errorf("the bar says %q", got)
	}
	page.Click("text=Save")
	page.WaitFor(`location.pathname.match("^/constitutions/0")`)
	page.Goto(page.Location() + "/deploy")
	page.Click(`main form button.primary`)
	page.WaitFor(`document.querySelector("[data-status=PROVISIONING]")`)

	for _, address := range browsertest.Eval[[]string](page, `performance.getEntries().map(e => e.name)`) {
		if strings.Contains(address, "token=") || strings.Contains(address, "code=") {
			t.Errorf("a secret is in the address %s", address)
		}
	}
	for _, reported := range page.Errors() {
		if strings.Contains(reported, w.URL) || strings.Contains(reported, "Content Security Policy") { // and not the provider's own
			t.Errorf("the page reported %q", reported)
		}
	}

	page.Goto(w.URL + "/account")
	page.Click("text=Sign out")
	page.WaitVisible(".notice")
	if got := page.Text(".notice"); !strings.HasPrefix(got, "You are signed out here. You may still be signed in at the registry;") {
		t.Errorf("the page says %q", got)
	}
}

func TestACertifiedProvidersUnverifiedEmailSignsNobodyIn(t *testing.T) {
	w := newWorld(t)
	w.certified()
	page := browsertest.Open(t).Page(t)
	page.Goto(w.URL + "/sign-in")
	page.Click("text=Sign in with the registry")
	at(page, "eve")
	page.WaitVisible(".notice.failed")
	if got := page.Text(".notice"); got != "the registry has not verified the e-mail address of this account; have it verified there and sign in again." {
		t.Errorf("the page says %q", got)
	}
	page.WaitVisible("text=Sign in with the registry")
}
