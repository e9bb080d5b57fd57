package main

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// row is a line of the table.
type row struct {
	What, Ours, Peer, Ratio, Bar, Command string
}

// Met tells whether the row's ratio, or its figure where it has none, is within its bar.
func (r row) Met() string {
	got, err := strconv.ParseFloat(number(cmp.Or(r.Ratio, r.Ours)), 64)
	if err != nil {
		return "not measured"
	}
	limit, err := strconv.ParseFloat(number(r.Bar), 64)
	if err != nil {
		return "no bar"
	}
	if strings.HasPrefix(r.Bar, "at least") && got >= limit || strings.HasPrefix(r.Bar, "at most") && got <= limit ||
		strings.HasPrefix(r.Bar, "under") && got < limit || strings.HasPrefix(r.Bar, "above") && got > limit {
		return "yes"
	}
	return "**no**"
}

// results is what the benchmarks have found.
type results struct {
	rows    []row
	remarks map[string][]string // by the name of the test
}

// read finds the rows and remarks in the output of go test -v.
func read(from io.Reader) (results, error) {
	found := results{remarks: map[string][]string{}}
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if cells, ok := cut(line); ok {
			found.rows = append(found.rows, cells)
			continue
		}
		if text, ok := strings.CutPrefix(line, "remark "); ok {
			test, remark, _ := strings.Cut(text, ": ")
			found.remarks[test] = append(found.remarks[test], remark)
		}
	}
	if err := lines.Err(); err != nil {
		return results{}, fmt.Errorf("read the results: %w", err)
	}
	return found, nil
}

// Private

func cut(line string) (row, bool) {
	cells := strings.Split(line, "|")
	if len(cells) != 8 || cells[0] != "" || cells[7] != "" {
		return row{}, false
	}
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	return row{What: cells[1], Ours: cells[2], Peer: cells[3], Ratio: cells[4], Bar: cells[5], Command: cells[6]}, true
}

// number is the first number in a text.
func number(text string) string {
	const digits = "0123456789"
	start := strings.IndexAny(text, digits)
	if start < 0 {
		return ""
	}
	sign := ""
	if strings.HasSuffix(text[:start], "-") {
		sign = "-"
	}
	text = text[start:]
	end := strings.IndexFunc(text, func(r rune) bool { return !strings.ContainsRune(digits+".", r) })
	if end < 0 {
		return sign + text
	}
	return sign + strings.TrimRight(text[:end], ".")
}
