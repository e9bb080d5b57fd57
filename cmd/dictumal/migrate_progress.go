package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/mattn/go-isatty"

	"github.com/dictumal/dictumal/internal/store"
)

// copying shows how far a move has come: on a terminal in one line that is drawn anew,
// elsewhere in a line for each table that has rows.
type copying struct {
	to       io.Writer
	terminal bool
	silent   bool
	drawn    time.Time
	shown    bool
}

// Report takes in how far it has come.
func (c *copying) Report(m store.Moving) {
	switch {
	case c.silent || m.Of == 0:
	case c.terminal:
		c.draw(m)
	case m.Rows == 0:
		fmt.Fprintf(c.to, "%s: %d rows\n", m.Table, m.Of)
	}
}

// Stop clears the line.
func (c *copying) Stop() {
	if c.shown {
		fmt.Fprint(c.to, "\r\x1b[K")
	}
}

// Private

func newCopying(to io.Writer, silent bool) *copying {
	file, isFile := to.(*os.File)
	return &copying{to: to, silent: silent, terminal: isFile && isatty.IsTerminal(file.Fd())}
}

// redraw is how often a line is drawn anew at most.
const redraw = 100 * time.Millisecond

func (c *copying) draw(m store.Moving) {
	if c.shown && time.Since(c.drawn) < redraw {
		return
	}
	c.drawn, c.shown = time.Now(), true
	fmt.Fprintf(c.to, "\r\x1b[K%3d%%  %s: %d of %d rows", m.Rows*100/m.Of, m.Table, m.Rows, m.Of)
}
