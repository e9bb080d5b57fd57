package fleet

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

// Story is what has become of a plan.
type Story struct {
	Deployments []dictumal.Deployment // as they ended
	Calls       []oceantest.Call      // in order
}

// Until is the story from the start to a moment.
func (s Story) Until(moment time.Time) Story {
	s.Calls = slices.DeleteFunc(slices.Clone(s.Calls), func(c oceantest.Call) bool { return c.At.After(moment) })
	return s
}

// Busiest is the most calls that fell into any span of this length.
func (s Story) Busiest(span time.Duration) int {
	most, first := 0, 0
	for last, call := range s.Calls {
		for call.At.Sub(s.Calls[first].At) >= span {
			first++
		}
		most = max(most, last-first+1)
	}
	return most
}

// Refused counts the calls that were one too many for the account's limits.
func (s Story) Refused() int {
	refused := 0
	for _, call := range s.Calls {
		if call.Status == http.StatusTooManyRequests {
			refused++
		}
	}
	return refused
}

// Slowest is the longest way from an order to ACTIVE.
func (s Story) Slowest() time.Duration {
	var longest time.Duration
	for _, d := range s.Deployments {
		longest = max(longest, d.ActiveAt.Sub(d.CreatedAt))
	}
	return longest
}

// LastGone is the longest way from an end that was asked for so long after the order
// until the machine was proven to be gone.
func (s Story) LastGone(up time.Duration) time.Duration {
	var longest time.Duration
	for _, d := range s.Deployments {
		longest = max(longest, d.DestroyedAt.Sub(d.CreatedAt)-up)
	}
	return longest
}

// Polled computes how many calls the same deployments would have cost if the status
// request of each viewer asked for the droplet, from the order until ACTIVE.
func (s Story) Polled(viewers int, every time.Duration) int {
	calls := 0
	for _, d := range s.Deployments {
		calls += 2 + viewers*int(d.ActiveAt.Sub(d.CreatedAt)/every) // its create and its end, too
	}
	return calls
}

// Count counts the calls of a kind, as "GET /v2/droplets/{id}".
func (s Story) Count(kind string) int { return s.counts()[kind] }

// Kinds counts the calls by what was asked for, the most frequent first.
func (s Story) Kinds() string {
	counts := s.counts()
	kinds := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(counts[b]-counts[a], strings.Compare(a, b))
	})
	for i, kind := range kinds {
		kinds[i] = fmt.Sprintf("%d %s", counts[kind], kind)
	}
	return strings.Join(kinds, ", ")
}

// Private

func (s Story) counts() map[string]int {
	counts := map[string]int{}
	for _, call := range s.Calls {
		counts[call.Method+" "+number.ReplaceAllString(call.Path, "$1/{id}")]++
	}
	return counts
}

// number is what names one thing of a kind, at the end of a path.
var number = regexp.MustCompile(`(/(?:droplets|images|firewalls))/[^/]+$`)
