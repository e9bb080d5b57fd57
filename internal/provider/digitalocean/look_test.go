package digitalocean

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

func TestAMachineIsMissingWhereNeitherListNorItsIDKnowIt(t *testing.T) {
	t.Run("one that the list does not have yet is there", func(t *testing.T) {
		inOcean(t, oceantest.Options{}, func(w *world) {
			w.ocean.Fail(order, oceantest.ListLag(time.Hour))
			made := w.create()
			if got := w.describe(made.ID); got != "active" {
				w.Errorf("the machine is %s, want it active", got)
			}
		})
	})
	t.Run("one that its id does not know for a moment is there", func(t *testing.T) {
		inOcean(t, oceantest.Options{}, func(w *world) {
			w.ocean.Break("GET /v2/droplets/{id}", oceantest.Status(404))
			made := w.create()
			if got := w.describe(made.ID); got != "active" {
				w.Errorf("the machine is %s, want it active", got)
			}
		})
	})
	t.Run("one that nobody knows is missing, and asked for again in time", func(t *testing.T) {
		inOcean(t, oceantest.Options{}, func(w *world) {
			made := w.create()
			id, _ := strconv.Atoi(made.ID)
			_, _ = w.provider.List(w.Context())
			w.ocean.Vanish(id)
			time.Sleep(listQuiet)
			lists, asked := count(w.ocean, list), count(w.ocean, "GET /v2/droplets/{id}")
			for range 3 {
				if got := w.describe(made.ID); got != "missing" {
					w.Errorf("the machine is %s, want it missing", got)
				}
				time.Sleep(listMoving)
			}
			if got := count(w.ocean, list) - lists; got != 3 {
				w.Errorf("three absences come from %d lists, want 3", got)
			}
			if got := count(w.ocean, "GET /v2/droplets/{id}") - asked; got != 3 {
				w.Errorf("three absences come from %d questions, want 3", got)
			}
		})
	})
}

func TestAListThatIsNotWholeSaysNothing(t *testing.T) {
	one := `{"droplets":[` + droplet(7, "b", "2026-11-21T12:00:01Z") + `],"links":{"pages":{"next":"https://x/v2/droplets?page=2"}}}`
	more := `{"droplets":[],"links":{"pages":{"next":"https://x/v2/droplets?page=3"}}}`
	provider := New(Config{Token: token, Installation: "here", Transport: paper{"1": one, "2": more}})
	machines, err := provider.List(t.Context())
	if got := refusal(t, err); got.Reason != dictumal.ReasonProviderDown || got.RetryAfter == 0 {
		t.Errorf("%+v and refused for %s", machines, got.Reason)
	}
}

func TestEveryPageIsReadAndNoMachineTwice(t *testing.T) {
	pages := paper{
		"1": `{"droplets":[` + droplet(7, "b", "2026-11-21T12:00:01Z") + `,` + droplet(9, "a", "2026-11-21T12:00:00Z") + `],"links":{"pages":{"next":"https://x/v2/droplets?page=2"}}}`,
		"2": `{"droplets":[` + droplet(9, "a", "2026-11-21T12:00:00Z") + `,` + droplet(11, "a", "2026-11-21T12:00:00Z") + `],"links":{"pages":{"prev":"https://x/v2/droplets?page=1"}}}`,
	}
	provider := New(Config{Token: token, Installation: "here", Transport: pages})
	machines, err := provider.List(t.Context())
	if err != nil {
		t.Fatalf("list: %v", err)
	}
	var ids []string
	for _, m := range machines {
		ids = append(ids, m.ID)
	}
	if got := strings.Join(ids, " "); got != "9 11 7" {
		t.Errorf("listed %s, want the oldest first and each once", got)
	}
	found, err := provider.Find(t.Context(), dictumal.MachineName("here", strings.Repeat("a", 26)))
	if err != nil || len(found) != 2 || found[0].ID != "9" {
		t.Errorf("found %+v (%v), want both with the name, the oldest first", found, err)
	}
}

func TestWhatADropletsStatusMeans(t *testing.T) {
	for status, want := range map[string]dictumal.Power{
		"new": dictumal.PowerNew, "active": dictumal.PowerActive, "off": dictumal.PowerOff,
		"archive": dictumal.PowerOff, "unheard of": dictumal.PowerNew,
	} {
		if got := power(status); got != want {
			t.Errorf("%s means %s, want %s", status, got, want)
		}
	}
}

// Private

func droplet(id int, name, created string) string {
	return fmt.Sprintf(`{"id":%d,"name":%q,"status":"active","created_at":%q}`, id, dictumal.MachineName("here", strings.Repeat(name, 26)), created)
}

// paper answers with a page that was written before, by its number.
type paper map[string]string

func (p paper) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{}, Request: r,
		Body: io.NopCloser(strings.NewReader(p[r.URL.Query().Get("page")])),
	}, nil
}
