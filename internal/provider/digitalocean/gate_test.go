package digitalocean

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

func TestAfterTooManyCallsNoneIsSentUntilTheNamedTime(t *testing.T) {
	cases := []struct {
		name  string
		fault oceantest.Fault
		wait  time.Duration
	}{
		{"a burst names the seconds", oceantest.Burst(30 * time.Second), 30 * time.Second},
		{"the hour names when it is over", oceantest.HourUsedUp(10 * time.Minute), 10 * time.Minute},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ocean := oceantest.New(oceantest.Options{Token: token})
				provider := open(ocean, Config{})
				made, err := provider.Create(t.Context(), spec())
				if err != nil {
					t.Fatalf("create: %v", err)
				}
				ocean.Fail(order, test.fault)
				_, err = provider.Create(t.Context(), spec())
				if got := refusal(t, err); got.RetryAfter != test.wait {
					t.Errorf("asked to come back after %v, want %v", got.RetryAfter, test.wait)
				}
				sent := len(ocean.Calls())
				time.Sleep(test.wait - time.Second)
				for _, err := range everyCall(t, provider, made.ID) {
					if got := refusal(t, err); got.Reason != dictumal.ReasonRateLimited || got.RetryAfter != time.Second {
						t.Errorf("refused for %s until %v later, want for another second", got.Reason, got.RetryAfter)
					}
				}
				if got := len(ocean.Calls()); got != sent {
					t.Errorf("%d calls were sent meanwhile", got-sent)
				}
				time.Sleep(time.Second)
				if _, err := provider.Create(t.Context(), spec()); err != nil {
					t.Errorf("create: %v", err)
				}
			})
		})
	}
}

func TestThePauseIsBounded(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	at := func(d time.Duration) string { return strconv.FormatInt(now.Add(d).Unix(), 10) }
	cases := []struct {
		name   string
		header map[string]string
		want   time.Duration
	}{
		{"seconds", map[string]string{"Retry-After": "12", "Ratelimit-Reset": at(time.Minute)}, 12 * time.Second},
		{"a date", map[string]string{"Retry-After": now.Add(time.Minute).Format(http.TimeFormat)}, time.Minute},
		{"the reset", map[string]string{"Ratelimit-Reset": at(90 * time.Second)}, 90 * time.Second},
		{"nothing", nil, unknownPause},
		{"nonsense", map[string]string{"Retry-After": "soon", "Ratelimit-Reset": "later"}, unknownPause},
		{"at once", map[string]string{"Retry-After": "0"}, minPause},
		{"in the past", map[string]string{"Ratelimit-Reset": at(-time.Hour)}, minPause},
		{"next year", map[string]string{"Retry-After": "31536000"}, maxPause},
		{"never", map[string]string{"Ratelimit-Reset": "9223372036854775807"}, maxPause},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			header := http.Header{}
			for key, value := range test.header {
				header.Set(key, value)
			}
			if got := pauseOf(header, now); got != test.want {
				t.Errorf("the pause is %v, want %v", got, test.want)
			}
		})
	}
}

func TestAnAnswerWithoutEndIsCutOff(t *testing.T) {
	pages := paper{"1": strings.Repeat(" ", maxAnswer) + `{"droplets":[]}`}
	_, err := New(Config{Token: token, Installation: "here", Transport: pages}).List(t.Context())
	if got := refusal(t, err); got.Reason != dictumal.ReasonProviderDown {
		t.Errorf("refused for %s", got.Reason)
	}
}

// Private

// everyCall asks for everything and returns the errors.
func everyCall(t *testing.T, provider *Provider, id string) (errs []error) {
	t.Helper()
	_, listed := provider.List(t.Context())
	_, found := provider.Find(t.Context(), spec().Name)
	_, inspected := provider.Inspect(t.Context(), id)
	_, created := provider.Create(t.Context(), spec())
	return []error{listed, found, inspected, created, provider.Start(t.Context(), id), provider.Destroy(t.Context(), id)}
}
