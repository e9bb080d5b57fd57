//go:build bench

package bench

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"
)

// TestBenchLists measures what a deployment on a page costs: on pages of more, and
// with a thousand own ones beside. Others' are 9,000.
func TestBenchLists(t *testing.T) {
	world := newWorld(t)
	few, many := world.rows(t, 50), world.rows(t, 1000)
	multiply(t, few.data, few.ids[0], "bob", 9000)
	multiply(t, many.data, many.ids[0], "bob", 9000)
	list := func(limit int) string { return fmt.Sprintf("/api/deployments?limit=%d", limit) }
	for _, test := range []struct {
		what, bar         string
		ours, theirs      *rows
		ourPath, path     string
		ourCount, inCount time.Duration
	}{
		{
			"`GET /api/deployments` by 50, per row, with 1,000 own rows; bare: with 50", "at most 1.2",
			many, few, list(50), list(50), 50, 50,
		},
		{
			"`GET /api/deployments` with 1,000 own rows, per row, by 200; bare: by 50", "at most 1.2",
			many, many, list(200), list(50), 200, 50,
		},
		{
			"the page of instances, per own row, with 1,000; bare: with 50", "at most 1",
			many, few, "/instances", "/instances", 1000, 50,
		},
		{
			"the page of instances, per card, with 1,000 own rows, the 65th page; bare: the first", "at most 1.2",
			many, many, "/instances?after=" + many.ids[30], "/instances", 15, 15,
		},
	} {
		our, their := alternate(t, 9,
			func() time.Duration { return test.ours.list(t, test.ourPath) },
			func() time.Duration { return test.theirs.list(t, test.path) })
		fineRow(t, test.what, our/test.ourCount, their/test.inCount, test.bar)
	}
}

// list is the median time of reading a list.
func (r *rows) list(t *testing.T, path string) time.Duration {
	t.Helper()
	client := &http.Client{}
	defer client.CloseIdleConnections()
	var times []time.Duration
	for range 60 {
		request, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), http.MethodGet, r.url+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer "+r.token)
		begun := time.Now()
		response, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, response.Body)
		_ = response.Body.Close()
		if response.StatusCode != http.StatusOK || response.Request.URL.Path != request.URL.Path {
			t.Fatalf("%s answers %s", path, response.Status)
		}
		times = append(times, time.Since(begun))
	}
	return median(times)
}
