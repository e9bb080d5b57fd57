package e2e

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/browsertest"
)

const law = `---
title: An end-to-end desk
machine:
  resolution: 1024x700
software:
  autostart:
    - xfce4-terminal --maximize --title=Journey
  files:
    - path: ~/notes/hello.txt
      content: written by the constitution
---
# An end-to-end desk

1. Whoever works here leaves a trace.
`

func TestFromAConstitutionToADesktopAndBack(t *testing.T) {
	r := start(t)
	page := browsertest.Open(t).Page(t)
	page.Resize(1440, 900)

	// Sign in by the link.
	link, err := r.app.SignInLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	page.Goto(link)
	page.Click("text=Sign in")
	page.WaitFor(`location.pathname === "/instances"`)

	// Write a constitution in the page.
	page.Goto(r.url + "/constitutions/new")
	page.WaitVisible("textarea[name=document]")
	fillDocument(page, law)
	page.Click("text=Save")
	page.WaitFor(`/^\/constitutions\/[0-9A-Z]{26}$/.test(location.pathname)`)

	// Deploy it from the dialog and watch.
	page.Click("text=Deploy")
	page.WaitVisible("dialog[open] form.deploy")
	page.Click("dialog[open] form.deploy button.primary")
	page.WaitForWithin(patience, `document.querySelector("dialog[open] [data-status=ACTIVE][data-percent='100']") !== null`)
	page.WaitVisible("dialog[open] a[role=button][href$='/launch']")
	id := browsertest.Eval[string](page, `document.querySelector("dialog[open] [data-deployment]").dataset.deployment`)

	// Open the desktop.
	page.Goto(r.url + "/api/deployments/" + id + "/launch")
	page.WaitFor(`location.pathname.startsWith("/desktop/")`)
	page.WaitForWithin(time.Minute, `document.body.dataset.state === "connected"`)
	page.WaitForWithin(time.Minute, `document.querySelector("#screen canvas")?.width > 0`)
	awaitColours(t, page)

	workOnIt(t, r, page)
	resizeIt(t, r, page)

	// Destroy it from its page.
	page.Goto(r.url + "/instances/" + id)
	page.Click("text=Destroy")
	page.WaitVisible("dialog[open] #destroy-title")
	page.Click("dialog[open] button.danger")
	r.await(r.local(), id, dictumal.Destroyed)
	if left := r.containers(); len(left) != 0 {
		t.Errorf("machines left in Incus: %v", left)
	}
	page.Goto(r.url + "/instances")
	if cards := browsertest.Eval[int](page, `document.querySelectorAll("article.card").length`); cards != 0 {
		t.Errorf("%d cards on the page after destroy, want none", cards)
	}
	if errors := page.Errors(); len(errors) > 0 {
		t.Errorf("the browser reported: %v", errors)
	}
}

// fillDocument sets the text as a paste does; typing would be indented by the editor.
func fillDocument(page *browsertest.Page, document string) {
	browsertest.Eval[bool](page, fmt.Sprintf(`(() => {
		const text = document.querySelector("textarea[name=document]");
		text.focus();
		text.value = %q;
		text.dispatchEvent(new Event("input", {bubbles: true}));
		return true;
	})()`, document))
}

// awaitColours waits until the desktop has painted more than a background.
func awaitColours(t *testing.T, page *browsertest.Page) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for page.Colours("#screen canvas") < 50 {
		if time.Now().After(deadline) {
			t.Fatalf("the canvas has %d colours", page.Colours("#screen canvas"))
		}
		pause(t.Context())
	}
}

// workOnIt types into the terminal through the browser and looks on the machine
// for what that did.
func workOnIt(t *testing.T, r *rig, page *browsertest.Page) {
	t.Helper()
	await(t, "the terminal's window", func() bool {
		return strings.Contains(r.onDisplay("wmctrl -l"), "Journey")
	})
	page.ClickAt(500, 400)
	page.Press("echo typed through the browser > ~/trace.txt\r")
	await(t, "the file that was typed", func() bool {
		return strings.Contains(r.on("cat", "/home/dictumal/trace.txt"), "typed through the browser")
	})
	if got := r.on("cat", "/home/dictumal/notes/hello.txt"); !strings.Contains(got, "written by the constitution") {
		t.Errorf("the constitution's file holds %q", got)
	}
	if got := r.on("sh", "-c", "sha256sum < /etc/dictumal/constitution.md"); !strings.HasPrefix(got, hashOf(t, r)) {
		t.Errorf("hash on the machine = %s, want %s", got, hashOf(t, r))
	}
}

func hashOf(t *testing.T, r *rig) string {
	t.Helper()
	all, err := r.local().Deployments(t.Context())
	if err != nil || len(all) != 1 {
		t.Fatalf("deployments = %v, %v", all, err)
	}
	return all[0].Constitution.Hash
}

// resizeIt gives the window another size and waits until the desktop has followed.
func resizeIt(t *testing.T, r *rig, page *browsertest.Page) {
	t.Helper()
	size := func() string {
		return r.onDisplay("xdpyinfo | grep dimensions")
	}
	before := size()
	page.Resize(1180, 760)
	await(t, "a desktop of another size than"+before, func() bool { return strings.Contains(size(), "1180x") })
	page.Screenshot(filepath.Join(t.TempDir(), "desktop.png"), 1180, 760, false, false)
}

// await waits until something is so.
func await(t *testing.T, what string, so func() bool) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for !so() {
		if time.Now().After(deadline) {
			t.Fatalf("waited a minute for %s", what)
		}
		pause(t.Context())
	}
}
