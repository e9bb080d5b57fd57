package web_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/browsertest"
	"github.com/dictumal/dictumal/internal/store"
)

func TestTheDeployFormWorksWithoutScripts(t *testing.T) {
	w := cloud(t, "")
	ada := w.person("ada@example.org")
	deploy := ada.made(plain) + "/deploy"
	contains(t, ada.get(deploy).body, `value="nyc3" selected>New York 3<`, `value="guacamole" checked`, `value="s-1vcpu-2gb" data-button="Deploy for $0.018 an hour" checked`,
		"<span>$12 a month</span>", ">Deploy for $0.018 an hour</button>", "Sizes under 2 GB are left out")
	lacks(t, ada.get(deploy).body, `value="s-1vcpu-1gb"`)

	t.Run("a button asks for the sizes of another region and stream", func(t *testing.T) {
		page := ada.get(deploy + "?" + url.Values{"region": {"fra1"}, "stream": {"native"}, "size": {"s-1vcpu-1gb"}}.Encode()).body
		contains(t, page, `value="fra1" selected>`, `value="native" checked`, `value="s-1vcpu-1gb" data-button="Deploy for $0.009 an hour" checked`)
		lacks(t, page, `value="s-2vcpu-4gb"`, "left out")
	})
	t.Run("what does not fit is refused with a sentence, and the choice stays", func(t *testing.T) {
		form := ada.form(deploy)
		form.Set("region", "fra1")
		form.Set("size", "s-2vcpu-4gb")
		got := ada.post(deploy, form)
		if got.status != http.StatusUnprocessableEntity {
			t.Errorf("it answers %d", got.status)
		}
		contains(t, got.body, "is not on offer in fra1", `value="fra1" selected>`)
	})
	t.Run("a size that is too small for guacamole is refused with a sentence", func(t *testing.T) {
		form := ada.form(deploy)
		form.Set("size", "s-1vcpu-1gb")
		got := ada.post(deploy, form)
		if got.status != http.StatusUnprocessableEntity {
			t.Errorf("it answers %d", got.status)
		}
		contains(t, got.body, "less than 2 GB of memory")
	})
	t.Run("the stream that was chosen is the one that is made", func(t *testing.T) {
		form := ada.form(deploy)
		form.Set("stream", "native")
		contains(t, ada.get(ada.post(deploy, form).location).body, "Native, through this server", `data-check="ssh22"`)
		contains(t, ada.get(ada.deployed(deploy[:len(deploy)-len("/deploy")])).body, "Guacamole, straight from the machine", `data-check="guacHttps443"`)
	})
}

func TestTheDeployDialogOffersWhatFits(t *testing.T) {
	w := cloud(t, gatewayHost)
	path := w.person("ada@example.org").made(plain)
	page := w.browser()
	page.Goto(w.URL + path)
	page.Click("text=Deploy")
	sizes := `[...document.querySelectorAll("dialog [name=size]")].map(size => size.value + (size.checked ? "!" : "")).join()`
	page.WaitFor(sizes + ` === "s-1vcpu-2gb!,s-2vcpu-4gb"`)
	page.Click("dialog input[value=s-2vcpu-4gb]")
	page.WaitVisible("text=Deploy for $0.036 an hour")

	choose(page, "region", "fra1")
	page.WaitFor(sizes + ` === "s-1vcpu-2gb!"`)
	page.WaitVisible("text=Deploy for $0.018 an hour")
	page.WaitFor(`document.querySelector("dialog .note").textContent.includes("The size s-2vcpu-4gb is not offered in Frankfurt 1.")`)
	if !browsertest.Eval[bool](page, `document.activeElement.name === "region"`) {
		t.Error("the list of regions has lost the focus")
	}
	page.Click("dialog input[value=native]")
	page.WaitFor(sizes + ` === "s-1vcpu-1gb,s-1vcpu-2gb!"`)
	page.Click("dialog input[value=s-1vcpu-1gb]")
	page.Click("text=Deploy for $0.009 an hour")
	page.WaitFor(`document.querySelector("dialog #watch [data-percent='22']")`)
	page.Goto(w.URL + "/instances")
	for _, want := range []string{"fra1", "s-1vcpu-1gb", "$0.009 an hour"} {
		page.WaitFor(`document.querySelector(".card .terms").innerText.includes("` + want + `")`)
	}
	complain(t, page)
}

// choose picks an option as somebody with a keyboard does.
func choose(page *browsertest.Page, name, value string) {
	browsertest.Eval[bool](page, `(field => {
		field.focus();
		field.value = "`+value+`";
		return field.dispatchEvent(new Event("change", { bubbles: true }));
	})(document.querySelector("dialog [name=`+name+`]"))`)
}

// Whatever the stream is, the page that cannot listen finds out by asking: what holds
// a machine up, what answers, and the buttons that come with ACTIVE.
func TestSeedsPollingShowsTheButtonsOfAnActiveInstance(t *testing.T) {
	for _, row := range []struct {
		name, button, shown string
		stream              dictumal.Stream
		change              func(*store.Row)
	}{
		{
			"guacamole", "Direct IP", `[data-warning=rate-limited] .warning`, dictumal.Guacamole,
			func(r *store.Row) {
				r.Warning = &dictumal.Failure{Reason: dictumal.ReasonRateLimited, Cause: "The cloud takes no more requests.", NextStep: "Wait."}
			},
		},
		{
			"native", "Open Desktop", `[data-check=ssh22][data-up=true]`, dictumal.Native,
			func(r *store.Row) { r.Progress.Checks = map[dictumal.Check]bool{dictumal.CheckSSH22: true} },
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := newWorldOf(t, row.stream, gatewayHost, twoRegions())
			w.deaf.Store(true)
			ada := w.person("ada@example.org")
			instance := ada.deployed(ada.made(plain))
			w.answering(dictumal.Configuring, dictumal.InstallingPackages)
			page := w.browser()
			page.Goto(w.URL + instance)
			page.WaitVisible("#head[data-status=CONFIGURING]")
			w.work(row.change)
			page.WaitVisible(row.shown)
			page.Goto(w.URL + "/instances")
			page.WaitVisible("[data-status=CONFIGURING]")
			w.answering(dictumal.Active, dictumal.StageActive)
			page.WaitVisible("text=" + row.button)
			page.WaitVisible("text=Open Desktop")
		})
	}
}
