package browsertest

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Page is one tab. Selectors are CSS; "text=Deploy" means the visible button,
// link or summary with exactly this text.
type Page struct {
	t   *testing.T
	ctx context.Context

	mutex  sync.Mutex
	errors []string
}

// Goto opens an address and waits until it has loaded.
func (p *Page) Goto(url string) {
	p.t.Helper()
	p.do("open "+url, chromedp.Navigate(url))
}

// Reload loads the present address again.
func (p *Page) Reload() {
	p.t.Helper()
	p.do("reload the page", chromedp.Reload())
}

// Location is the present address.
func (p *Page) Location() string {
	p.t.Helper()
	return run(p, "read the address", chromedp.Location())
}

// Click clicks what the selector finds, once it is visible.
func (p *Page) Click(selector string) {
	p.t.Helper()
	deadline := time.Now().Add(Patience)
	for {
		p.WaitVisible(selector)
		ctx, cancel := context.WithTimeout(p.ctx, Patience)
		_, err := chromedp.Run(ctx, chromedp.Click(chromedp.JSPath(find(selector)), chromedp.NodeVisible))
		cancel()
		if err == nil {
			return
		}
		// A page that is being replaced takes what was found with it.
		if !strings.Contains(err.Error(), "Could not find node") || time.Now().After(deadline) {
			p.t.Fatalf("click %s: %v", selector, err)
		}
	}
}

// Fill replaces the text of an input field, by typing.
func (p *Page) Fill(selector, text string) {
	p.t.Helper()
	p.WaitVisible(selector)
	p.do("fill "+selector,
		chromedp.Focus(chromedp.JSPath(find(selector))),
		chromedp.Evaluate[chromedp.Void](`document.activeElement.select()`),
		chromedp.KeyEvent("\b"+text),
	)
}

// Press types into whatever has the focus. Special keys are in chromedp's package kb.
func (p *Page) Press(keys string) {
	p.t.Helper()
	p.do("press keys", chromedp.KeyEvent(keys))
}

// ClickAt clicks a point of the window.
func (p *Page) ClickAt(x, y float64) {
	p.t.Helper()
	p.do("click at a point", chromedp.MouseClickXY(x, y))
}

// Text is the text that a person sees of what the selector finds.
func (p *Page) Text(selector string) string {
	p.t.Helper()
	p.WaitFor(find(selector))
	return strings.TrimSpace(Eval[string](p, find(selector)+".innerText"))
}

// WaitVisible waits until the selector finds something that is on the page.
func (p *Page) WaitVisible(selector string) {
	p.t.Helper()
	p.WaitFor(`(e => e && e.checkVisibility({visibilityProperty: true}))(` + find(selector) + `)`)
}

// WaitFor waits until a JavaScript expression is true. It survives navigation.
func (p *Page) WaitFor(condition string) {
	p.t.Helper()
	p.WaitForWithin(Patience, condition)
}

// WaitForWithin is [Page.WaitFor] for what takes longer than most.
func (p *Page) WaitForWithin(patience time.Duration, condition string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		// An error is no answer yet: the page may be between two documents.
		if ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+condition+")")); err == nil && ok {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			p.t.Fatalf("waited %v in vain for %s; the page reported %q", patience, condition, p.Errors())
		}
	}
}

// Errors are the errors that the page has reported: exceptions, failed
// requests, and whatever its content security policy has blocked.
func (p *Page) Errors() []string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return slices.Clone(p.errors)
}

// Eval evaluates a JavaScript expression, waits for it where it is a promise,
// and decodes its value.
func Eval[T any](p *Page, expression string) T {
	p.t.Helper()
	return run(p, "evaluate "+expression, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// Private

func openPage(ctx context.Context, t *testing.T) *Page {
	t.Helper()
	p := &Page{t: t, ctx: ctx}
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("open a page: %v", err)
	}
	if err := chromedp.Listen(ctx, p.note); err != nil {
		t.Fatalf("listen to the page: %v", err)
	}
	return p
}

func (p *Page) note(event any) {
	var text string
	switch event := event.(type) {
	case *runtime.EventExceptionThrown:
		text = (&chromedp.ExceptionError{ExceptionDetails: event.ExceptionDetails}).Error()
	case *log.EventEntryAdded:
		if event.Entry.Level != log.EntryLevelError {
			return
		}
		text = event.Entry.Text + " " + event.Entry.URL
	default:
		return
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.errors = append(p.errors, text)
}

func (p *Page) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	run(p, what, chromedp.Steps(steps...))
}

func run[T any](p *Page, what string, action chromedp.Action[T]) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, Patience)
	defer cancel()
	value, err := chromedp.Run(ctx, action)
	if err != nil {
		p.t.Fatalf("%s: %v", what, err)
	}
	return value
}
