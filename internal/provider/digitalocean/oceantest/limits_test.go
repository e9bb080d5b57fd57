package oceantest_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

func TestCallsAreCountedInAWindowThatSlides(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ocean := oceantest.New(oceantest.Options{Token: token, Rate: oceantest.Rate{Hour: 5, Minute: 3}})
		client := client(t, ocean)
		ask := func(want int, retryAfter string) {
			t.Helper()
			_, response, _ := client.Account.Get(t.Context())
			if response.StatusCode != want || response.Header.Get("Retry-After") != retryAfter {
				t.Errorf("after %d calls: %d, Retry-After %q", len(ocean.Calls()), response.StatusCode, response.Header.Get("Retry-After"))
			}
		}
		begun := time.Now()
		ask(200, "")
		time.Sleep(30 * time.Second)
		ask(200, "")
		ask(200, "")
		ask(429, "30")
		time.Sleep(30 * time.Second) // the first no longer counts for the minute
		ask(200, "")
		time.Sleep(time.Minute)
		ask(200, "")
		ask(429, "")
		if rate := client.GetRate(); rate.Limit != 5 || rate.Remaining != 0 || rate.Reset.Sub(begun) != time.Hour {
			t.Errorf("the rate is %+v", rate)
		}
		time.Sleep(time.Until(begun.Add(time.Hour)))
		ask(200, "")
	})
}

func TestKeysMayBeListedTenTimesAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := client(t, oceantest.New(oceantest.Options{Token: token}))
		for range 10 {
			if _, _, err := client.Keys.List(t.Context(), nil); err != nil {
				t.Fatalf("list: %v", err)
			}
		}
		_, _, err := client.Keys.List(t.Context(), nil)
		if header := refused(t, err, http.StatusTooManyRequests, ""); header.Get("Retry-After") != "60" {
			t.Errorf("the headers are %v", header)
		}
		if _, _, err := client.Account.Get(t.Context()); err != nil {
			t.Errorf("something else is refused as well: %v", err)
		}
	})
}
