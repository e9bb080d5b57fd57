package digitalocean

import (
	"net/http"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

func TestWhatOthersLeaveOfTheHourIsKeptForWhatIsUrgent(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	cases := []struct {
		name             string
		limit, remaining string
		reset            time.Duration
		look, create     time.Duration // until each may go
		destroy          time.Duration
	}{
		{"plenty is left", "5000", "501", 10 * time.Second, 0, 0, 0},
		{"what looks leaves a tenth", "5000", "500", 10 * time.Second, 10 * time.Second, 0, 0},
		{"what makes leaves a twentieth", "5000", "250", 10 * time.Second, 10 * time.Second, 10 * time.Second, 0},
		{"what destroys takes the last", "5000", "1", 10 * time.Second, 10 * time.Second, 10 * time.Second, 0},
		{"nothing is left", "5000", "0", 10 * time.Second, 10 * time.Second, 10 * time.Second, 10 * time.Second},
		{"it is not believed for longer than a minute", "5000", "0", time.Hour, maxHearsay, maxHearsay, maxHearsay},
		{"nor for no time at all", "5000", "0", -time.Hour, minPause, minPause, minPause},
		{"another limit", "250", "25", 10 * time.Second, 10 * time.Second, 0, 0},
		{"an answer that does not say", "", "", 10 * time.Second, 0, 0, 0},
		{"an answer that says nonsense", "0", "-1", 10 * time.Second, 0, 0, 0},
		{"an answer that says half", "5000", "some", 10 * time.Second, 0, 0, 0},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			header := http.Header{}
			header.Set("Ratelimit-Limit", test.limit)
			header.Set("Ratelimit-Remaining", test.remaining)
			header.Set("Ratelimit-Reset", strconv.FormatInt(now.Add(test.reset).Unix(), 10))
			var q quota
			q.learn(header, now)
			for class, want := range map[Class]time.Duration{Look: test.look, Create: test.create, Destroy: test.destroy} {
				if got := max(0, q.free(class, 0, now).Sub(now)); got != want {
					t.Errorf("a %s may go after %v, want %v", class, got, want)
				}
			}
		})
	}
}

func TestOneCallGoesAheadWhereItIsNotKnownWhatIsLeft(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	q := quota{limit: 5000, remaining: 10, until: now}
	if got := q.free(Look, 0, now); got.After(now) {
		t.Errorf("nothing may go for another %v", got.Sub(now))
	}
	if got := q.free(Look, 1, now).Sub(now); got != minPause {
		t.Errorf("a second one may go after %v", got)
	}
	q.spend(now)
	if got := q.free(Look, 0, now).Sub(now); got != minPause {
		t.Errorf("the next one may go after %v, want it to wait for what the first learns", got)
	}
	if got := q.free(Destroy, 0, now); got.After(now) {
		t.Errorf("a destroy may go after %v", got.Sub(now))
	}
}

func TestWithATokenThatOthersUseUpRemovalsStillGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ocean := oceantest.New(oceantest.Options{Token: token, Rate: oceantest.Rate{Hour: 100, Minute: -1}})
		provider, other := open(ocean, Config{}), open(ocean, Config{})
		made, err := provider.Create(t.Context(), spec())
		if err != nil {
			t.Fatalf("create: %v", err)
		}
		for len(ocean.Calls()) < 91 {
			if _, _, err := other.client.Regions.List(t.Context(), nil); err != nil {
				other.gate.budget.quota = quota{} // whoever it is does not care
			}
		}
		time.Sleep(listMoving)
		if _, err := provider.List(t.Context()); err != nil { // learns what is left
			t.Fatalf("list: %v", err)
		}
		time.Sleep(listMoving)
		_, err = provider.List(t.Context())
		if got := refusal(t, err); got.Reason != dictumal.ReasonRateLimited {
			t.Errorf("refused for %s", got.Reason)
		}
		if err := provider.Destroy(t.Context(), made.ID); err != nil {
			t.Errorf("destroy: %v", err)
		}
		for _, call := range ocean.Calls() {
			if call.Status == http.StatusTooManyRequests {
				t.Errorf("%s %s was one too many", call.Method, call.Path)
			}
		}
	})
}
