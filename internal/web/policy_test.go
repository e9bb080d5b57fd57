package web

import (
	"slices"
	"strings"
	"testing"

	"github.com/dictumal/dictumal/internal/browsertest"
)

func TestPagesMayLoadWhatIsOursAndRunNothingInline(t *testing.T) {
	for _, page := range []string{"instances", "error", "desktop"} {
		policy := (&Web{Options: Options{Host: "desktops.example.org"}}).policy(page)
		for _, want := range []string{
			"default-src 'none'", "script-src 'self'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'",
		} {
			if !slices.Contains(strings.Split(policy, "; "), want) {
				t.Errorf("the policy of %s lacks %s: %s", page, want, policy)
			}
		}
		for _, bad := range []string{"unsafe", "*", "http:", "https:", "blob:"} {
			if strings.Contains(policy, bad) {
				t.Errorf("the policy of %s has %s: %s", page, bad, policy)
			}
		}
		if strings.Contains(policy, "wss://desktops.example.org") != (page == "desktop") {
			t.Errorf("the policy of %s is %s; only the viewer opens a WebSocket", page, policy)
		}
	}
}

// TestNoPageBreaksItsOwnPolicy opens every page in every state under the policy that
// the server sends with it; browsers report what they block.
func TestNoPageBreaksItsOwnPolicy(t *testing.T) {
	server, page := gallery(t), browsertest.Open(t).Page(t)
	for _, scene := range scenes() {
		if scene.twin {
			continue
		}
		before := len(page.Errors())
		page.Goto(server.URL + "/" + scene.name)
		for _, reported := range page.Errors()[before:] {
			if strings.Contains(reported, "Content Security Policy") || strings.Contains(reported, "Trusted") {
				t.Errorf("%s: %s", scene.name, reported)
			}
		}
	}
	page.Goto(server.URL + "/instances")
	if blocked := browsertest.Eval[string](page, `(() => { try { document.body.innerHTML = "<i>"; return "" } catch (e) { return e.name } })()`); blocked != "TypeError" {
		t.Errorf("text became markup outside of the one place for it (%q)", blocked)
	}
}
