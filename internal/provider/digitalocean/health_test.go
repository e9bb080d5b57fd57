package digitalocean

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

func TestHealthSaysWhatIsWrongAndSinceWhen(t *testing.T) {
	cases := []struct {
		name   string
		ail    func(w *world)
		reason dictumal.Reason
		says   string
		until  time.Duration // 0: it is asked all the time
	}{
		{"it does not answer", func(w *world) {
			w.ocean.Break("*", oceantest.Status(503))
			w.looks(maxFailures)
		}, dictumal.ReasonProviderDown, "DigitalOcean does not answer (503).", firstPause},
		{"it takes no more calls", func(w *world) {
			w.ocean.Fail("*", oceantest.Burst(30*time.Second))
			w.looks(2)
		}, dictumal.ReasonRateLimited, "too many calls", 30 * time.Second},
		{"it does not take the token", func(w *world) {
			w.ocean.Fail("*", oceantest.Status(401))
			w.looks(1)
		}, dictumal.ReasonCredentials, "does not accept the API token", 0},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			inOcean(t, oceantest.Options{}, func(w *world) {
				born := time.Now().Add(-wakeful)
				if got := w.provider.Health(); !got.OK || got.Failure != nil || !got.Since.Equal(born) {
					w.Errorf("before it is %+v, want it well since the start", got)
				}
				test.ail(w)
				ill := time.Now()
				sent := len(w.ocean.Calls())
				time.Sleep(time.Second)
				got := w.provider.Health()
				if got.OK || got.Failure == nil || !got.Since.Equal(ill) {
					w.Fatalf("it is %+v, want it ill since %v", got, ill)
				}
				if got.Failure.Reason != test.reason || !strings.Contains(got.Failure.Cause, test.says) ||
					!strings.Contains(got.Failure.Cause, "since 00:01:00 UTC on 1 January. Desktops that run go on") {
					w.Errorf("it is %s: %s", got.Failure.Reason, got.Failure.Cause)
				}
				if got.Failure.NextStep == "" {
					w.Error("nobody knows what to do")
				}
				if want := ill.Add(test.until); test.until == 0 && !got.Until.IsZero() || test.until > 0 && !got.Until.Equal(want) {
					w.Errorf("it is asked again at %v, want %v", got.Until, want)
				}
				w.ocean.Heal()
				time.Sleep(test.until)
				w.looks(1)
				if got := w.provider.Health(); !got.OK || !got.Since.After(ill) || len(w.ocean.Calls()) != sent+1 {
					w.Errorf("after it has answered it is %+v, %d calls later", got, len(w.ocean.Calls())-sent)
				}
			})
		})
	}
}

func TestAnAddressThatIsNoneIsIllHealth(t *testing.T) {
	got := New(Config{Token: token, URL: "http://a b"}).Health()
	if got.OK || got.Failure.Reason != dictumal.ReasonProviderMissing {
		t.Errorf("it is %+v", got)
	}
}

func TestAPauseThatIsProlongedBeganBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, oceantest.Options{})
		begun := time.Now()
		w.provider.gate.pause.begin(http.Header{"Retry-After": {"10"}})
		time.Sleep(5 * time.Second)
		w.provider.gate.pause.begin(http.Header{"Retry-After": {"10"}}) // which was on its way
		if got := w.provider.Health(); !got.Since.Equal(begun) || !got.Until.Equal(begun.Add(15*time.Second)) {
			t.Errorf("it is %+v", got)
		}
	})
}

func TestWhileOneLookTriesItIsAskedAllTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, oceantest.Options{})
		w.ocean.Break("*", oceantest.Status(503))
		w.looks(maxFailures)
		time.Sleep(firstPause)
		if got := w.provider.Health(); got.OK || !got.Until.IsZero() {
			t.Errorf("it is %+v, want it ill and about to be asked", got)
		}
	})
}
