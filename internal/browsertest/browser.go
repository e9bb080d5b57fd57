// Package browsertest drives a real Chromium in tests: open a browser, open a
// page in it, and say what a person would do. Whatever goes wrong ends the test
// with a sentence, so that tests read as a list of steps.
//
//	browser := browsertest.Open(t)
//	page := browser.Page(t)
//	page.Goto(server.URL + "/instances")
//	page.Click("text=Deploy")
//	page.WaitFor(`document.querySelector("[data-status=ACTIVE]")`)
package browsertest

import (
	"context"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// Patience is how long a step may take before the test fails.
const Patience = 20 * time.Second

// Browser is a running Chromium. It ends with the test that opened it.
type Browser struct {
	ctx context.Context
}

// Open starts a Chromium with an empty profile. On a host without one the test
// is skipped.
func Open(t *testing.T) *Browser {
	t.Helper()
	path, found := executable()
	if !found {
		t.Skip("No Chromium was found on this host; install Debian's package chromium to run this test.")
	}
	allocator, release := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()), flags(path, t.TempDir())...)
	ctx, cancel := chromedp.NewContext(allocator, chromedp.WithErrorf(t.Logf))
	t.Cleanup(func() {
		if err := chromedp.Cancel(ctx); err != nil {
			t.Logf("close the browser: %v", err)
		}
		cancel()
		release()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start %s: %v", path, err)
	}
	return &Browser{ctx: ctx}
}

// Page opens a page with cookies and storage of its own, as another person's
// browser would have. It closes with the test.
func (b *Browser) Page(t *testing.T) *Page {
	t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	return openPage(ctx, t)
}

// Private

func executable() (string, bool) {
	for _, name := range []string{"chromium", "chromium-browser", "chromium-headless-shell", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, true
		}
	}
	return "", false
}

func flags(path, profile string) []chromedp.ExecAllocatorOption {
	return append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.UserDataDir(profile),
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("no-sandbox", os.Geteuid() == 0), // Chromium has no sandbox for root
		chromedp.WindowSize(1440, 900),
	)
}
