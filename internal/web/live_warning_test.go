package web_test

import (
	"testing"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

// A warning goes away, and a check answers, without any event that says so.
func TestAWarningThatIsOverLeavesThePage(t *testing.T) {
	w := cloud(t, "")
	ada := w.person("ada@example.org")
	instance := ada.deployed(ada.made(plain))
	w.work(func(r *store.Row) {
		r.Warning = &dictumal.Failure{Reason: dictumal.ReasonRateLimited, Cause: "The cloud takes no more requests.", NextStep: "Wait."}
	})
	page := w.browser()
	page.Goto(w.URL + instance)
	page.WaitVisible("#progress .warning")
	w.work(func(r *store.Row) { r.Warning = nil })
	page.WaitFor(`!document.querySelector(".warning")`)
	complain(t, page)
}
