package browsertest

import (
	"fmt"
	"strings"
)

// find is the JavaScript expression for the first element of a selector.
func find(selector string) string {
	text, byName := strings.CutPrefix(selector, "text=")
	if !byName {
		return fmt.Sprintf("document.querySelector(%q)", selector)
	}
	const byText = `[...document.querySelectorAll("button, a, summary, [role=button], input[type=submit]")]` +
		`.find(e => (e.innerText || e.value || "").trim() === %q && e.checkVisibility({visibilityProperty: true}))`
	return fmt.Sprintf(byText, text)
}
