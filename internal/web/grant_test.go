package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/dictumal/dictumal"
)

func TestADesktopIsSharedAndTakenBackWithoutScripts(t *testing.T) {
	w := newWorld(t)
	ada, bob := w.person("ada@example.org"), w.person("bob@example.org")
	path := ada.deployed(ada.made("# A desk\n"))
	w.reach(dictumal.Active, dictumal.StageActive)
	if page := ada.get(path).body; !strings.Contains(page, "Nobody but you.") {
		t.Errorf("the page does not say that it is shared with nobody")
	}
	if got := ada.post(path+"/grants", url.Values{"email": {"Bob@example.org"}, "control": {"view-only"}}); got.status != http.StatusSeeOther || got.location != path+"#grants" {
		t.Fatalf("sharing answers %d %s %s", got.status, got.location, got.body)
	}
	revoke := regexp.MustCompile(`action="(` + path + `/grants/[^"]+/revoke)"`).FindStringSubmatch(ada.get(path).body)
	if revoke == nil {
		t.Fatal("the page has no button to revoke")
	}

	list := bob.get("/instances").body
	id := strings.TrimPrefix(path, "/instances/")
	for _, want := range []string{"Shared with you", "A desk", "You may look at it", `href="/api/deployments/` + id + `/launch"`} {
		if !strings.Contains(list, want) {
			t.Errorf("bob's list lacks %q", want)
		}
	}
	for _, secret := range []string{path + `"`, path + "/destroy", "10.0.0.7", "/constitutions/0"} {
		if strings.Contains(list, secret) {
			t.Errorf("bob's list tells %q", secret)
		}
	}
	desktop := bob.get("/desktop/" + id)
	for _, want := range []string{"View only", "shared with you to be looked at", `data-control="view-only"`, `data-leave="/instances"`} {
		if desktop.status != http.StatusOK || !strings.Contains(desktop.body, want) {
			t.Errorf("bob's viewer is %d and lacks %q", desktop.status, want)
		}
	}
	if got := bob.get(path); got.status != http.StatusForbidden || !strings.Contains(got.body, "is shared with you to be opened") {
		t.Errorf("the desktop's own page answers bob %d", got.status)
	}
	if got := bob.post(revoke[1], nil); got.status != http.StatusForbidden {
		t.Errorf("bob revokes: %d", got.status)
	}

	if got := ada.post(revoke[1], nil); got.status != http.StatusSeeOther {
		t.Fatalf("revoking answers %d %s", got.status, got.body)
	}
	if got := bob.get("/desktop/" + id); got.status != http.StatusNotFound || strings.Contains(got.body, "A desk") {
		t.Errorf("bob's viewer answers %d when it is revoked", got.status)
	}
	if strings.Contains(bob.get("/instances").body, "Shared with you") {
		t.Error("it is among what is shared with bob")
	}
}

func TestWhatDoesNotFitInTheFormIsSaidInASentence(t *testing.T) {
	w := newWorld(t)
	ada := w.person("ada@example.org")
	path := ada.deployed(ada.made("# A desk\n"))
	got := ada.post(path+"/grants", url.Values{"email": {"<script>"}, "control": {"full"}})
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "is not an e-mail address") || strings.Contains(got.body, "<script>") {
		t.Errorf("answered %d %s", got.status, got.body)
	}
}

// The page of somebody else's desktop leads administrators to the version that governs
// it, also when there is a newer one that governs nothing.
func TestAnAdministratorReadsWhatGovernsADesktop(t *testing.T) {
	w := newWorld(t)
	ada, root := w.person("ada@example.org"), w.person("local@localhost")
	law := ada.made("# A desk\n")
	path := ada.deployed(law)
	ada.post(law, url.Values{"document": {"# Something else\n"}})
	if page := root.get(path); page.status != http.StatusOK || !strings.Contains(page.body, "you see it as an administrator") || strings.Contains(page.body, "/extend") {
		t.Errorf("the desktop's page answers %d", page.status)
	}
	for version, want := range map[string]int{"1": http.StatusOK, "2": http.StatusNotFound} {
		if got := root.get(law + "?version=" + version); got.status != want {
			t.Errorf("version %s answers %d, want %d", version, got.status, want)
		}
	}
}
