//go:build bench

package bench

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// alternate measures two ways by turns, after one run of each that does not
// count, and gives the median of both.
func alternate(t *testing.T, runs int, ours, theirs func() time.Duration) (our, their time.Duration) {
	t.Helper()
	ours()
	theirs()
	return measure(t, runs, ours, theirs)
}

// measure is alternate without the run that does not count, for what takes long.
func measure(t *testing.T, runs int, ours, theirs func() time.Duration) (our, their time.Duration) {
	t.Helper()
	var all [2][]time.Duration
	for range runs {
		all[0] = append(all[0], ours())
		all[1] = append(all[1], theirs())
	}
	remark(t, "ours %s; theirs %s", list(all[0]), list(all[1]))
	return median(all[0]), median(all[1])
}

// alternateRates is alternate for how much is done a second, and prints its line.
func alternateRates(t *testing.T, what string, ours, theirs func() float64, bar string) {
	t.Helper()
	ours()
	theirs()
	var all [2][]float64
	for range 5 {
		all[0] = append(all[0], ours())
		all[1] = append(all[1], theirs())
	}
	rateRow(t, what, all, bar)
}

// rateRow prints a line for what is done a second, from runs by turns.
func rateRow(t *testing.T, what string, all [2][]float64, bar string) {
	t.Helper()
	our, their := median(all[0]), median(all[1])
	t.Logf("\n| %s | %.0f | %.0f | %.2f | %s | `%s` |", what, our, their, our/their, bar, command(t))
	remark(t, "a second, by turns: ours %.0f, theirs %.0f", all[0], all[1])
}

func median[N time.Duration | float64](values []N) N {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

func list(times []time.Duration) string {
	words := make([]string, 0, len(times))
	for _, one := range times {
		words = append(words, seconds(one))
	}
	return strings.Join(words, ", ")
}

func seconds(d time.Duration) string {
	if d < 100*time.Millisecond {
		return fmt.Sprintf("%.1f ms", d.Seconds()*1000)
	}
	return fmt.Sprintf("%.2f s", d.Seconds())
}

// row prints a line of the table.
func row(t *testing.T, what string, our, their time.Duration, bar string) {
	t.Helper()
	t.Logf("\n| %s | %s | %s | %.2f | %s | `%s` |", what, seconds(our), seconds(their), our.Seconds()/their.Seconds(), bar, command(t))
}

// plainRow prints a line for what has no peer.
func plainRow(t *testing.T, what, ours, bar string) {
	t.Helper()
	t.Logf("\n| %s | %s | | | %s | `%s` |", what, ours, bar, command(t))
}

// remark says something about the rows of this test in docs/performance.md.
func remark(t *testing.T, format string, values ...any) {
	t.Helper()
	t.Logf("\nremark %s: %s", t.Name(), fmt.Sprintf(format, values...))
}

func command(t *testing.T) string {
	t.Helper()
	return fmt.Sprintf("go test -tags bench -run %s -v ./internal/bench", t.Name())
}
