package web

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/dictumal/dictumal/internal/browsertest"
)

const axeFile = "../../node_modules/axe-core/axe.min.js"

// TestNobodyIsShutOut asks axe-core about every page in every state.
func TestNobodyIsShutOut(t *testing.T) {
	axe, err := os.ReadFile(axeFile)
	if err != nil {
		t.Skip("axe-core is not installed; run npm ci to run this test.")
	}
	server, browser := gallery(t), browsertest.Open(t)
	page := browser.Page(t)
	for _, scene := range scenes() {
		if scene.twin {
			continue
		}
		page.Resize(1440, 900)
		if strings.HasSuffix(scene.name, "s") {
			page.Resize(390, 844) // some on a phone
		}
		page.Goto(server.URL + "/" + scene.name)
		if scene.open != "" {
			browsertest.Eval[bool](page, `(document.getElementById("`+scene.open+`").showModal(), true)`)
		}
		browsertest.Eval[bool](page, string(axe)+`; true`)
		// At night only the colours are others.
		for dark, options := range map[bool]string{false: `{}`, true: `{ runOnly: ["color-contrast"] }`} {
			page.Dark(dark)
			report(t, scene.name, browsertest.Eval[string](page, `Promise.all(document.getAnimations().map(a => a.finished))
				.then(() => axe.run(`+options+`))
				.then(result => JSON.stringify(result.violations.map(v => ({ impact: v.impact, help: v.help, where: v.nodes.map(n => n.html + " " + n.failureSummary) }))))`))
		}
	}
}

func report(t *testing.T, scene, found string) {
	t.Helper()
	var violations []struct {
		Impact, Help string
		Where        []string
	}
	if err := json.Unmarshal([]byte(found), &violations); err != nil {
		t.Fatal(err)
	}
	for _, v := range violations {
		if v.Impact == "serious" || v.Impact == "critical" || v.Impact == "moderate" {
			t.Errorf("%s: %s: %s\n%s", scene, v.Impact, v.Help, strings.Join(v.Where, "\n"))
		}
	}
}
