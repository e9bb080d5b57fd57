//go:build bench

package bench

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
)

// line is a line of a plot.
type line struct {
	name string
	x, y []float64
}

func (l *line) add(x, y int) { l.x, l.y = append(l.x, float64(x)), append(l.y, float64(y)) }

// The plot's frame, in pixels, and the powers of ten that it holds.
const (
	left, top, right, bottom = 90, 40, 450, 330
	minX, maxX, minY, maxY   = 1, 4, 1, 7
)

// draw writes a plot with logarithmic axes to a file.
func draw(t *testing.T, file, title, below string, lines ...line) {
	t.Helper()
	var svg strings.Builder
	write := func(format string, values ...any) { fmt.Fprintf(&svg, format+"\n", values...) }
	write(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 710 390" font-family="sans-serif" font-size="13" role="img" aria-label="%s">`, title)
	write(`<rect width="710" height="390" fill="#fff"/>`)
	write(`<text x="%d" y="22" font-size="15">%s</text><text x="%d" y="375" text-anchor="middle">%s</text>`, left, title, (left+right)/2, below)
	for power := minX; power <= maxX; power++ {
		x, _ := at(math.Pow10(power), 10)
		write(`<path d="M%.0f %dV%d" stroke="#ddd"/><text x="%.0f" y="%d" text-anchor="middle">%s</text>`, x, top, bottom, x, bottom+20, thousands(power))
	}
	for power := minY; power <= maxY; power++ {
		_, y := at(10, math.Pow10(power))
		write(`<path d="M%d %.0fH%d" stroke="#ddd"/><text x="%d" y="%.0f" text-anchor="end">%s</text>`, left, y, right, left-8, y+4, thousands(power))
	}
	for i, line := range lines {
		var path, marks strings.Builder
		var x, y float64
		for j := range line.x {
			x, y = at(line.x[j], line.y[j])
			fmt.Fprintf(&path, "%c%.1f %.1f", "ML"[min(j, 1)], x, y)
			fmt.Fprintf(&marks, `<circle cx="%.1f" cy="%.1f" r="4"><title>%.0f: %.0f</title></circle>`, x, y, line.x[j], line.y[j])
		}
		color := []string{"#0b6e4f", "#b3261e"}[i%2]
		write(`<g stroke="%s" fill="none" stroke-width="2"><path d="%s"/></g><g fill="%s">%s<text x="%.0f" y="%.0f">%s</text></g>`,
			color, path.String(), color, marks.String(), x+10, y+4, line.name)
	}
	write(`</svg>`)
	if err := os.WriteFile(file, []byte(svg.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// at is where a point is drawn.
func at(x, y float64) (float64, float64) {
	return left + (math.Log10(x)-minX)/(maxX-minX)*(right-left), bottom - (math.Log10(y)-minY)/(maxY-minY)*(bottom-top)
}

// thousands writes a power of ten.
func thousands(power int) string {
	text := "1" + strings.Repeat("0", power)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
