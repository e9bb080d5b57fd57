package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
)

// columns is a table as a person reads it.
type columns struct {
	text strings.Builder
	out  *tabwriter.Writer
}

// newColumns makes a table with these heads; without any it has none.
func newColumns(heads ...any) *columns {
	c := &columns{}
	c.out = tabwriter.NewWriter(&c.text, 0, 0, 2, ' ', 0)
	if len(heads) > 0 {
		c.row(heads...)
	}
	return c
}

// row adds a line.
func (c *columns) row(cells ...any) {
	line := make([]string, len(cells))
	for i, cell := range cells {
		line[i] = fmt.Sprint(cell)
	}
	_, _ = fmt.Fprintln(c.out, strings.Join(line, "\t")) // to memory, as is the next
}

// String is the whole table, without a line's end.
func (c *columns) String() string {
	_ = c.out.Flush()
	return strings.TrimSuffix(c.text.String(), "\n")
}
