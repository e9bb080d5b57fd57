package web_test

import (
	"testing"

	"github.com/dictumal/dictumal/internal/browsertest"
)

// beating replaces streams of events by such as open at once, and have one beat after that
// for as long as window.beats says so. A second lasts a twentieth of one.
const beating = `{
	const every = setInterval;
	Object.assign(window, { beats: true, streams: [], turns: 0 });
	window.setInterval = (act, pause, ...rest) => every(() => { turns += 1; act(...rest); }, pause / 20);
	window.EventSource = class extends EventTarget {
		static CONNECTING = 0;
		static OPEN = 1;
		static CLOSED = 2;
		readyState = 0;
		constructor(address) {
			super();
			this.url = String(address);
			streams.push(this);
			setTimeout(() => this.open());
		}
		open() {
			if (this.readyState === 2) return;
			this.readyState = 1;
			this.beats = window.beats;
			this.dispatchEvent(new MessageEvent("open"));
			if (this.beats) this.dispatchEvent(new MessageEvent("beat"));
		}
		close() { this.readyState = 2; }
	};
}`

func TestAQuietStreamOfAServerWithoutBeatsIsKept(t *testing.T) {
	w := newWorld(t)
	page := w.browser()
	page.Before(beating)
	page.Goto(w.URL + "/instances")
	page.WaitFor("streams.length > 1") // a beat was heard, and then nothing
	browsertest.Eval[bool](page, "beats = false, true")
	page.WaitFor("!streams.at(-1).beats && streams.at(-1).readyState === 1")
	browsertest.Eval[bool](page, "(window.kept = streams.length, turns = 0, true)")
	page.WaitFor("turns > 60")
	if given := browsertest.Eval[int](page, "streams.length - kept"); given != 0 {
		t.Errorf("%d streams without beats were given up for being quiet", given)
	}
}

func TestATabThatIsHiddenWhileItLooksForALineHoldsNone(t *testing.T) {
	w := newWorld(t)
	page := w.browser()
	page.Before(beating + `{
		const ask = fetch;
		window.waiting = [];
		window.fetch = (address, ...rest) => address !== "/healthz" ? ask(address, ...rest) : new Promise(answer => waiting.push(answer));
		Object.defineProperty(document, "hidden", { get: () => window.away });
		window.show = shown => { window.away = !shown; document.dispatchEvent(new Event("visibilitychange")); };
	}`)
	page.Goto(w.URL + "/instances")
	page.WaitFor("waiting.length > 0")
	browsertest.Eval[bool](page, "(show(false), beats = false, turns = 0, waiting.forEach(answer => answer()), true)")
	page.WaitFor("turns > 60")
	if open := browsertest.Eval[int](page, "streams.filter(stream => stream.readyState !== 2).length"); open != 0 {
		t.Errorf("a tab that nobody sees holds %d streams", open)
	}
	browsertest.Eval[bool](page, "(show(true), true)")
	page.WaitFor("streams.at(-1).readyState === 1")
}
