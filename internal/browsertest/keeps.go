package browsertest

import (
	"context"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Keeps is everything that scripts of the present page could read of what it and the
// pages before it have left behind: storage, databases, caches, the window's name, the
// state of the history, and where the browser came from.
func (p *Page) Keeps() string {
	p.t.Helper()
	return Eval[string](p, `(async () => {
		const kept = {local: {...localStorage}, session: {...sessionStorage}, name: window.name, state: history.state,
			referrer: document.referrer, databases: {}, caches: {}, workers: []};
		const done = request => new Promise((yes, no) => { request.onsuccess = () => yes(request.result); request.onerror = () => no(request.error); });
		for (const {name} of await indexedDB.databases()) {
			const database = await done(indexedDB.open(name));
			for (const store of database.objectStoreNames)
				kept.databases[name + '/' + store] = await done(database.transaction(store).objectStore(store).getAll());
			database.close();
		}
		for (const name of await caches.keys())
			for (const request of await (await caches.open(name)).keys())
				kept.caches[request.url] = await (await caches.match(request)).text();
		for (const worker of await navigator.serviceWorker?.getRegistrations() ?? []) kept.workers.push(worker.scope);
		return JSON.stringify(kept);
	})()`)
}

// Visited lists the addresses that going back would lead to, and the present one.
func (p *Page) Visited() []string {
	p.t.Helper()
	return run(p, "read the history", func(ctx context.Context, t *chromedp.Target) ([]string, error) {
		history, err := cdp.Call(ctx, t, page.GetNavigationHistory, cdp.Empty{})
		var all []string
		for _, entry := range history.Entries {
			all = append(all, entry.URL, entry.UserTypedURL)
		}
		return all, err
	})
}

// Cookies are those that the browser sends to the present page, those included that
// scripts do not see.
func (p *Page) Cookies() map[string]string {
	p.t.Helper()
	return run(p, "read the cookies", func(ctx context.Context, t *chromedp.Target) (map[string]string, error) {
		answer, err := cdp.Call(ctx, t, network.GetCookies, network.GetCookiesParams{})
		all := map[string]string{}
		for _, cookie := range answer.Cookies {
			all[cookie.Name] = cookie.Value
		}
		return all, err
	})
}
