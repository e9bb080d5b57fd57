//go:build bench

package bench

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/dictumal/dictumal/internal/client"
)

// turns are the parts of a run, which are taken alternately, so that both see the same
// of what else the host does.
const turns = 8

// TestBenchGet compares reading one deployment, session and ownership included, with
// a bare handler that answers the same bytes, and a database of 10,000 rows with one
// of ten. All are processes of their own, asked through real connections, and each
// request is for another row.
func TestBenchGet(t *testing.T) {
	world := newWorld(t)
	few, many := world.rows(t, 10), world.rows(t, 10_000)
	bare := "http://" + bareProcess(t, "bare-reader", many.body(t))
	var rates [2][]float64
	for run := range 6 {
		var our, their float64
		for range turns {
			our += rateOf(t, launching/turns, many.all(), many.token, http.StatusOK) / turns
			their += rateOf(t, launching/turns, []string{bare}, "", http.StatusOK) / turns
		}
		if run > 0 { // the first does not count
			rates[0], rates[1] = append(rates[0], our), append(rates[1], their)
		}
	}
	rateRow(t, "`GET /api/deployments/{id}` a second among 10,000 rows; bare: `net/http` with the same bytes", rates, "at least 0.3")

	var medians, tails [2][]time.Duration
	for run := range 6 {
		for i, rows := range []*rows{many, few} {
			times := rows.times(t, 4000)
			if run > 0 {
				medians[i], tails[i] = append(medians[i], times[len(times)/2]), append(tails[i], times[len(times)*99/100])
			}
		}
	}
	fineRow(t, "`GET /api/deployments/{id}`, median, among 10,000 rows; bare: among 10", median(medians[0]), median(medians[1]), "at most 1.2")
	fineRow(t, "`GET /api/deployments/{id}`, 99th percentile, among 10,000 rows; bare: among 10", median(tails[0]), median(tails[1]), "at most 2")
	remark(t, "by turns, one after the other on one connection: medians %v and %v, 99th percentiles %v and %v", medians[0], medians[1], tails[0], tails[1])
}

// rows is a server whose database has some deployments of one user.
type rows struct {
	*program
	data  string
	ids   []string
	token string
}

func (w *world) rows(t *testing.T, count int) *rows {
	t.Helper()
	data := t.TempDir()
	r := &rows{program: w.serve(t, data), data: data}
	var err error
	if r.token, err = r.local.CreateToken(t.Context(), client.TokenOrder{}); err != nil {
		t.Fatal(err)
	}
	like := standing(t, data, r.keep(t, example(t, "welcome.md")).ConstitutionID)
	r.ids = multiply(t, data, like, "", count-1)
	return r
}

func (r *rows) deployment(id string) string { return r.url + "/api/deployments/" + id }

// all are the addresses of all deployments, in no order.
func (r *rows) all() []string {
	addresses := make([]string, 0, len(r.ids))
	for _, id := range r.ids {
		addresses = append(addresses, r.deployment(id))
	}
	rand.Shuffle(len(addresses), func(i, j int) { addresses[i], addresses[j] = addresses[j], addresses[i] })
	return addresses
}

// body is a file with the answer to a reading of one of them.
func (r *rows) body(t *testing.T) (file string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.deployment(r.ids[0]), http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+r.token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // it was read to its end
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %v", response.Status, err)
	}
	file = filepath.Join(t.TempDir(), "body")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// answerBare answers every request with the bytes of a file.
func answerBare(address, file string) error {
	body, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return http.ListenAndServe(address, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body) // whoever asked has gone
	}))
}

// times asks for one deployment after another, all over the table, and returns how
// long each answer took, the shortest first.
func (r *rows) times(t *testing.T, count int) []time.Duration {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	times := make([]time.Duration, 0, count)
	for i := range count {
		begun := time.Now()
		if err := launchOnce(context.WithoutCancel(t.Context()), client, r.deployment(r.ids[i*7919%len(r.ids)]), r.token, http.StatusOK); err != nil {
			t.Fatal(err)
		}
		times = append(times, time.Since(begun))
	}
	return slices.Sorted(slices.Values(times))
}

// fineRow is row for times of less than a millisecond.
func fineRow(t *testing.T, what string, our, their time.Duration, bar string) {
	t.Helper()
	micros := func(d time.Duration) string { return fmt.Sprintf("%d µs", d.Microseconds()) }
	t.Logf("\n| %s | %s | %s | %.2f | %s | `%s` |", what, micros(our), micros(their), our.Seconds()/their.Seconds(), bar, command(t))
}
