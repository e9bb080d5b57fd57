package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/mattn/go-isatty"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/client"
)

// bar shows how far a desktop has come: on a terminal in one line that is drawn
// anew, elsewhere in a line for each stage. Other lines that pass through it
// appear above.
type bar struct {
	mu       sync.Mutex
	to       io.Writer
	terminal bool
	silent   bool
	begun    time.Time
	progress client.Progress
	warned   dictumal.Reason // of the warning that was told last
	shown    bool
	stop     chan struct{}
	drawn    sync.WaitGroup
}

// barWidth is how many cells stand for 100 percent.
const barWidth = 28

func newBar(to io.Writer, silent bool) *bar {
	file, isFile := to.(*os.File)
	return &bar{to: to, silent: silent, terminal: isFile && isatty.IsTerminal(file.Fd())}
}

// Report takes in what is known of the desktop.
func (b *bar) Report(d client.Deployment) {
	b.mu.Lock()
	defer b.mu.Unlock()
	changed := d.Progress.Stage != b.progress.Stage
	if b.begun.IsZero() {
		if d.Status == dictumal.Active {
			return // there was nothing to wait for
		}
		b.begin(d)
	}
	b.progress = d.Progress
	switch {
	case b.silent || !changed || d.Progress.Stage == "":
	case b.terminal:
		b.draw()
	default:
		b.write(fmt.Sprintf("%3d%%  %s  %s\n", d.Progress.Percent, clock(time.Since(b.begun)), d.Progress.Stage.Words()))
	}
}

// Warn tells what keeps the desktop from going on, once for as long as it does.
func (b *bar) Warn(d client.Deployment) {
	b.mu.Lock()
	var reason dictumal.Reason
	if d.Warning != nil {
		reason = d.Warning.Reason
	}
	changed := reason != b.warned
	b.warned = reason
	b.mu.Unlock()
	if changed && d.Warning != nil {
		b.Say("%s %s", d.Warning.Cause, d.Warning.NextStep)
	}
}

// Say writes a line for people.
func (b *bar) Say(format string, args ...any) {
	if !b.silent {
		_, _ = fmt.Fprintf(b, format+"\n", args...)
	}
}

// Write lets whole lines pass above the bar, such as those of a log.
func (b *bar) Write(text []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.erase()
	n, err := b.to.Write(text)
	if b.stop != nil && !b.begun.IsZero() {
		b.draw()
	}
	return n, err
}

// Stop leaves the last state standing.
func (b *bar) Stop() {
	b.mu.Lock()
	stop := b.stop
	b.stop = nil
	b.mu.Unlock()
	if stop == nil {
		return
	}
	close(stop)
	b.drawn.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.draw()
	b.write("\n")
	b.shown = false
}

// Private

// begin counts from the order, which may be older than this command.
func (b *bar) begin(d client.Deployment) {
	b.begun = d.CreatedAt
	if !b.terminal || b.silent {
		return
	}
	stop := make(chan struct{})
	b.stop = stop
	b.drawn.Go(func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				b.mu.Lock()
				b.draw()
				b.mu.Unlock()
			}
		}
	})
}

func (b *bar) draw() {
	if b.progress.Stage == "" {
		return
	}
	full := min(b.progress.Percent, 100) * barWidth / 100
	b.erase()
	b.write(fmt.Sprintf("%s%s %3d%%  %s  %s", strings.Repeat("━", full), strings.Repeat("┄", barWidth-full),
		b.progress.Percent, clock(time.Since(b.begun)), b.progress.Stage.Words()))
	b.shown = true
}

func (b *bar) erase() {
	if b.shown {
		b.write("\r\x1b[K")
		b.shown = false
	}
}

// write drops errors: where nobody can be shown progress, the work goes on.
func (b *bar) write(text string) { _, _ = io.WriteString(b.to, text) }

func clock(d time.Duration) string {
	seconds := int(max(d, 0) / time.Second)
	return fmt.Sprintf("%d:%02d", seconds/60, seconds%60)
}
