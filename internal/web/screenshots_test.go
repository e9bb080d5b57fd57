//go:build pictures

package web

import (
	"flag"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dictumal/dictumal/internal/browsertest"
)

var only = flag.String("only", "", "take only the scenes whose name begins with this")

// TestScreenshots is for people: it pictures every page in every state, on wide
// and narrow windows, by day and by night.
//
//	go test -tags pictures ./internal/web -run TestScreenshots -shots /tmp/shots
func TestScreenshots(t *testing.T) {
	server, browser := gallery(t), browsertest.Open(t)
	page := browser.Page(t)
	for _, scene := range scenes() {
		if !strings.HasPrefix(scene.name, *only) {
			continue
		}
		for _, width := range []int{1440, 390} {
			page.Resize(width, 900)
			page.Goto(server.URL + "/" + scene.name)
			if scene.open != "" {
				browsertest.Eval[bool](page, `(document.getElementById("`+scene.open+`").showModal(), true)`)
			}
			for name, dark := range map[string]bool{"light": false, "dark": true} {
				file := filepath.Join(*shots, scene.name+"-"+map[int]string{1440: "wide", 390: "narrow"}[width]+"-"+name+".png")
				page.Dark(dark)
				browsertest.Eval[bool](page, `Promise.all(document.getAnimations().map(a => a.finished)).then(() => true)`)
				page.Screenshot(file, width, 900, dark, scene.open == "")
			}
		}
	}
}
