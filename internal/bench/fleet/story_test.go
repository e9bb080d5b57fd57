package fleet

import (
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

func TestAStoryIsCounted(t *testing.T) {
	begun := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	call := func(after time.Duration, method, path string, status int) oceantest.Call {
		return oceantest.Call{Method: method, Path: path, Status: status, At: begun.Add(after)}
	}
	story := Story{
		Deployments: []dictumal.Deployment{{CreatedAt: begun, ActiveAt: begun.Add(61 * time.Second)}},
		Calls: []oceantest.Call{
			call(0, "POST", "/v2/droplets", 202),
			call(time.Minute, "GET", "/v2/droplets/300000001", 200),
			call(time.Minute, "GET", "/v2/account/keys", 429),
			call(2*time.Minute, "GET", "/v2/droplets/300000002", 404),
		},
	}
	for name, test := range map[string]struct{ got, want any }{
		"calls of a kind are told together":             {story.Kinds(), "2 GET /v2/droplets/{id}, 1 GET /v2/account/keys, 1 POST /v2/droplets"},
		"a moment itself belongs to what was until it":  {len(story.Until(begun.Add(time.Minute)).Calls), 3},
		"and nothing after it does":                     {len(story.Until(begun.Add(time.Minute - 1)).Calls), 1},
		"the end of a span is the beginning of another": {story.Busiest(time.Minute), 2},
		"a longer span has more calls":                  {story.Busiest(time.Minute + 1), 3},
		"what was one too many":                         {story.Refused(), 1},
		"the way to ACTIVE":                             {story.Slowest(), 61 * time.Second},
		"three viewers ask twelve times in a minute":    {story.Polled(3, 5*time.Second), 38},
	} {
		t.Run(name, func(t *testing.T) {
			if test.got != test.want {
				t.Errorf("got %v, want %v", test.got, test.want)
			}
		})
	}
}
