//go:build pictures

package e2e

import (
	"flag"
	"path/filepath"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/examples"
	"github.com/dictumal/dictumal/internal/browsertest"
)

var pictures = flag.String("pictures", "../docs/images", "where to put the pictures")

// TestPictures takes the pictures of the documentation from the program as it is.
func TestPictures(t *testing.T) {
	r := start(t)
	page := browsertest.Open(t).Page(t)
	page.Resize(1440, 900)
	link, err := r.app.SignInLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	shoot := func(name string) {
		for _, size := range []struct {
			name          string
			width, height int
		}{{"wide", 1440, 900}, {"narrow", 390, 844}} {
			for _, tone := range []string{"light", "dark"} {
				page.Screenshot(filepath.Join(*pictures, name+"-"+size.name+"-"+tone+".png"), size.width, size.height, tone == "dark", false)
			}
		}
	}
	page.Goto(link)
	shoot("sign-in")
	page.Click("text=Sign in")
	page.WaitFor(`location.pathname === "/instances"`)
	shoot("empty")

	welcome, err := examples.Files.ReadFile("welcome.md")
	if err != nil {
		t.Fatal(err)
	}
	desk := r.deploy(r.local(), string(welcome))
	page.Goto(r.url + "/instances")
	page.WaitFor(`document.querySelector("article.card") !== null`)
	shoot("making")
	r.await(r.local(), desk.ID, dictumal.Active)
	page.Resize(1440, 900)
	page.Dark(false)
	page.Goto(r.url + "/desktop/" + desk.ID)
	page.WaitForWithin(time.Minute, `document.body.dataset.state === "connected"`)
	r.onDisplay(`set -a; eval "$(tr '\0' '\n' </proc/$(pgrep -u dictumal -x xfce4-session)/environ | grep -E '^[A-Z_]+=[^ ]*$')"; cd
		setsid mousepad ~/Desktop/Constitution.md >/dev/null 2>&1 &
		sleep 3; setsid xfce4-terminal --geometry=70x14 -T Terminal -e "sh -c 'sha256sum /etc/dictumal/constitution.md; exec bash'" >/dev/null 2>&1 &
		sleep 3; wmctrl -r Constitution -e 0,200,60,760,640; wmctrl -r Terminal -e 0,620,400,-1,-1`)
	time.Sleep(3 * time.Second) // the pictures shall show a desktop at rest
	shoot("desktop")
	agent, err := examples.Files.ReadFile("agent.md")
	if err != nil {
		t.Fatal(err)
	}
	second := r.deploy(r.local(), string(agent))
	page.Goto(r.url + "/instances")
	time.Sleep(2 * time.Second)
	shoot("instances")
	r.await(r.local(), second.ID, dictumal.Active)
	page.Goto(r.url + "/instances/" + desk.ID)
	shoot("instance")
	page.Goto(r.url + "/constitutions")
	shoot("constitutions")
	page.Goto(r.url + "/constitutions/" + desk.Constitution.ID)
	shoot("constitution")
	page.Goto(r.url + "/constitutions/" + desk.Constitution.ID + "?tab=edit")
	time.Sleep(time.Second)
	shoot("editor")
	page.Goto(r.url + "/constitutions/" + desk.Constitution.ID)
	page.Click("text=Deploy")
	page.WaitVisible("dialog[open] form.deploy")
	time.Sleep(500 * time.Millisecond)
	shoot("deploy")
	page.Goto(r.url + "/account")
	shoot("account")
	page.Goto(r.url + "/nowhere")
	shoot("missing")
}
