package digitalocean

import (
	"net/http"
	"testing"
	"time"

	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

func TestARemovalOfWhatIsKnownToBeOursWaitsForNoLook(t *testing.T) {
	cases := []struct {
		name    string
		options oceantest.Options
		prepare func(w *world) (id string)
	}{
		{"it was listed", oceantest.Options{}, func(w *world) string {
			made := w.create()
			w.inspect(made.ID)
			return made.ID
		}},
		{"it was listed long ago", oceantest.Options{}, func(w *world) string {
			made := w.create()
			w.inspect(made.ID)
			time.Sleep(time.Hour)
			return made.ID
		}},
		{"it was just ordered", oceantest.Options{Boot: time.Hour}, func(w *world) string { return w.create().ID }},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			inOcean(t, test.options, func(w *world) {
				id := test.prepare(w)
				before := len(w.ocean.Calls())
				if err := w.provider.Destroy(w.Context(), id); err != nil {
					w.Errorf("destroy: %v", err)
				}
				if got := w.ocean.Calls()[before:]; len(got) != 1 || got[0].Method != http.MethodDelete {
					w.Errorf("%v were sent, want the removal alone", got)
				}
			})
		})
	}
}

func TestInAStormOfLooksARemovalGoesAtOnceAndNoneIsOneTooMany(t *testing.T) {
	inOcean(t, oceantest.Options{}, func(w *world) {
		made := w.create()
		w.inspect(made.ID)
		for range 300 {
			go w.looks(20)
		}
		time.Sleep(2 * time.Second)
		begun := time.Now()
		if err := w.provider.Destroy(w.Context(), made.ID); err != nil || time.Since(begun) > 0 {
			w.Errorf("the removal took %v (%v)", time.Since(begun), err)
		}
		time.Sleep(10 * time.Minute)
		for _, call := range w.ocean.Calls() {
			if call.Status == http.StatusTooManyRequests {
				w.Errorf("after %v %s %s was one too many", call.At.Sub(begun), call.Method, call.Path)
			}
		}
	})
}
