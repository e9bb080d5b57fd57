package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/browsertest"
	"github.com/dictumal/dictumal/internal/store"
)

func TestMachinesAreShownToThoseWhoseTheyAre(t *testing.T) {
	w := newWorld(t)
	ada, bob := w.person("ada@example.org"), w.person("bob@example.org")
	desk := ada.deployed(ada.made(plain))
	w.work(func(row *store.Row) {
		row.Status, row.MachineName, row.OrderedAt = dictumal.Active, dictumal.MachineName("test0000", "01J00000000000000000000000"), time.Now()
	})
	page := ada.get("/machines")
	if page.status != http.StatusOK || !strings.Contains(page.body, `href="`+desk+`"`) || !strings.Contains(page.body, "Not listed") {
		t.Errorf("ada's machines answer %d:\n%s", page.status, page.body)
	}
	if strings.Contains(page.body, `<a href="/machines"`) {
		t.Error("somebody who is no admin is led to the machines of all")
	}
	if page := bob.get("/machines"); page.status != http.StatusOK || strings.Contains(page.body, "A plain desktop") || strings.Contains(page.body, "ada@") {
		t.Errorf("bob's machines answer %d:\n%s", page.status, page.body)
	}
}

func TestAPageHoldsTheReceiptOnceTheMachineIsGone(t *testing.T) {
	w := newWorld(t)
	ada := w.person("ada@example.org")
	desk := ada.deployed(ada.made(plain))
	if page := ada.get(desk); strings.Contains(page.body, "receipt-title") {
		t.Error("there is a receipt before the end")
	}
	w.work(func(row *store.Row) {
		row.Status, row.MachineName, row.OrderedAt = dictumal.Destroyed, "dictumal-test0000-m", time.Now().Add(-time.Hour)
		row.DestroyedAt, row.MachineGoneAt, row.Proof = time.Now(), time.Now(), dictumal.Proof{Absences: 1, Since: time.Now()}
	})
	page := ada.get(desk)
	for _, want := range []string{"receipt-title", "memory confirms that nothing remains.", "Seen without it once.", "1 hour", "dictumal-test0000-m"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the receipt lacks %q:\n%s", want, page.body)
		}
	}
	if page := w.person("bob@example.org").get(desk); page.status != http.StatusNotFound {
		t.Errorf("bob gets %d", page.status)
	}
}

func TestAProviderThatDoesNotAnswerIsTold(t *testing.T) {
	w := newWorld(t)
	ada := w.person("ada@example.org")
	desk := ada.deployed(ada.made(plain))
	if part := ada.get("/provider"); part.status != http.StatusNoContent {
		t.Errorf("a provider that does well answers %d %s", part.status, part.body)
	}
	w.health.Store(&ill)
	for _, path := range []string{"/instances", desk, "/machines", "/provider"} {
		if page := ada.get(path); !strings.Contains(page.body, "The cloud does not answer. It is asked again.") {
			t.Errorf("%s does not say so:\n%s", path, page.body)
		}
	}
	if page := ada.get("/constitutions"); strings.Contains(page.body, "The cloud does not answer.") {
		t.Error("pages on which nothing depends on it say so, too")
	}
}

func TestTheNewsOfAProviderComesAndGoesWithoutMovingThePage(t *testing.T) {
	w := newWorld(t)
	page := w.browser()
	top := func() float64 {
		return browsertest.Eval[float64](page, `document.querySelector("h1").getBoundingClientRect().top`)
	}
	look := func() { browsertest.Eval[bool](page, `(document.dispatchEvent(new Event("visibilitychange")), true)`) }
	before := top()
	w.health.Store(&ill)
	look()
	page.WaitFor(`document.getElementById("health").innerText.includes("The cloud does not answer.")`)
	if got := top(); got != before {
		t.Errorf("the news has moved the page by %v", got-before)
	}
	w.health.Store(nil)
	look()
	page.WaitFor(`document.getElementById("health").innerText === ""`)

	w.health.Store(&ill)
	page.Goto(w.URL + "/instances")
	arrive(page, "/instances")
	before = top()
	w.health.Store(nil)
	look()
	page.WaitFor(`document.getElementById("health").innerText.includes("answers again")`)
	if got := top(); got != before {
		t.Errorf("the good news has moved the page by %v", got-before)
	}
	complain(t, page)
}

// Private

var ill = dictumal.Health{Failure: &dictumal.Failure{
	Reason: dictumal.ReasonProviderDown, Cause: "The cloud does not answer.", NextStep: "It is asked again.",
}}
