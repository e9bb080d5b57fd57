package browsertest

import (
	"context"
	"os"
	"path/filepath"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// phone is the width from which down a window is shown as a phone's, with touch.
const phone = 500

// Resize gives the window's content another size.
func (p *Page) Resize(width, height int) {
	p.t.Helper()
	var options []chromedp.EmulateViewportOption
	if width < phone {
		options = append(options, chromedp.EmulateMobile, chromedp.EmulateTouch)
	}
	p.do("resize the window", chromedp.EmulateViewport(int64(width), int64(height), options...))
}

// Dark sets whether the person prefers dark colours.
func (p *Page) Dark(dark bool) {
	p.t.Helper()
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	p.prefer("prefers-color-scheme", scheme)
}

// Screenshot writes a PNG of the page in a window of the given size, of the
// whole page where fullPage is set and else of what the window shows. Folders
// are made.
func (p *Page) Screenshot(path string, width, height int, dark, fullPage bool) {
	p.t.Helper()
	p.Resize(width, height)
	p.Dark(dark)
	p.settle()
	picture := run(p, "take a screenshot", capture(fullPage))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		p.t.Fatalf("make the folder of a screenshot: %v", err)
	}
	if err := os.WriteFile(path, picture, 0o644); err != nil {
		p.t.Fatalf("write a screenshot: %v", err)
	}
}

// Colours counts the colours on a canvas; an empty one has one.
func (p *Page) Colours(selector string) int {
	p.t.Helper()
	return Eval[int](p, `(canvas => {
		if (!canvas || !canvas.width || !canvas.height) return 0;
		const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
		return new Set(new Uint32Array(pixels.buffer)).size;
	})(`+find(selector)+`)`)
}

// Offline refuses every new request of the page as a host without a network
// would, or allows them again. Streams that are open are not cut.
func (p *Page) Offline(offline bool) {
	p.t.Helper()
	p.do("change the network", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		conditions := network.Conditions{Offline: offline, DownloadThroughput: -1, UploadThroughput: -1}
		_, err := cdp.Call(ctx, t, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
			MatchedNetworkConditions: []*network.Conditions{&conditions},
		})
		return err
	}))
}

// AllowClipboard answers the browser's question whether the page may use the
// clipboard with yes.
func (p *Page) AllowClipboard() {
	p.t.Helper()
	for _, name := range []string{"clipboard-read", "clipboard-write"} {
		_, err := chromedp.CallBrowser(p.ctx, browser.SetPermission, browser.SetPermissionParams{
			Permission:       &browser.PermissionDescriptor{Name: name},
			Setting:          browser.PermissionSettingGranted,
			BrowserContextID: chromedp.FromContext(p.ctx).BrowserContextID,
		})
		if err != nil {
			p.t.Fatalf("allow the clipboard: %v", err)
		}
	}
}

// Private

// settle waits for the new size and colours: for two frames, one to lay out and
// one to paint, and for every transition that has an end.
func (p *Page) settle() {
	p.t.Helper()
	const frames = `new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))`
	Eval[bool](p, frames+`.then(() => Promise.allSettled(document.getAnimations()
		.filter(animation => animation.effect.getComputedTiming().endTime !== Infinity)
		.map(animation => animation.finished))).then(() => `+frames+`)`)
}

func (p *Page) prefer(feature, value string) {
	p.t.Helper()
	p.do("set "+feature, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: feature, Value: value}},
		})
		return err
	}))
}

func capture(fullPage bool) chromedp.Action[[]byte] {
	if fullPage {
		return chromedp.FullScreenshot(100)
	}
	return func(ctx context.Context, t *chromedp.Target) ([]byte, error) {
		answer, err := cdp.Call(ctx, t, page.CaptureScreenshot, page.CaptureScreenshotParams{FromSurface: new(true)})
		if err != nil {
			return nil, err
		}
		return answer.Data, nil
	}
}
