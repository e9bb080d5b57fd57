package digitalocean

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

const alone = "GET /v2/droplets/{id}"

// Whoever proves that a machine is gone looks every five seconds for half a minute,
// and for longer where looks are held back.
func TestHowOftenWhatIsGoneIsAskedForByItself(t *testing.T) {
	for _, test := range []struct {
		name   string
		remove func(w *world, id string)
		want   int // of the seven looks of half a minute
	}{
		{"at every second look, where it was removed", func(w *world, id string) {
			if err := w.provider.Destroy(w.Context(), id); err != nil {
				w.Error(err)
			}
		}, 4},
		{"at every look, where somebody else has removed it", func(w *world, id string) {
			n, _ := strconv.Atoi(id)
			w.ocean.Vanish(n)
			time.Sleep(listQuiet) // nothing of ours changes, and the list is good for as long
		}, 7},
		{"at every look, where it is not known whether it was removed", func(w *world, id string) {
			w.ocean.Fail("DELETE /v2/droplets/{id}", oceantest.DropAfterEffect())
			if err := w.provider.Destroy(w.Context(), id); err == nil {
				w.Error("a removal without an answer was taken")
			}
		}, 7},
	} {
		t.Run(test.name, func(t *testing.T) {
			inOcean(t, oceantest.Options{}, func(w *world) {
				made := w.create()
				w.inspect(made.ID)
				test.remove(w, made.ID)
				lists, asked := count(w.ocean, list), count(w.ocean, alone)
				for range 7 {
					time.Sleep(listMoving)
					if got := w.describe(made.ID); got != "missing" {
						w.Fatalf("the machine is %s, want it missing", got)
					}
				}
				if got := count(w.ocean, list) - lists; got != 7 {
					w.Errorf("seven absences come from %d lists", got)
				}
				if got := count(w.ocean, alone) - asked; got != test.want {
					w.Errorf("it was asked for %d times, want %d", got, test.want)
				}
			})
		})
	}
}

// The removal was taken and not carried out, no list has the machine, and the first
// answer about it alone is wrong, too.
func TestWhatWasNotRemovedAfterAllIsFoundBeforeItCountsAsGone(t *testing.T) {
	inOcean(t, oceantest.Options{}, func(w *world) {
		w.ocean.Fail(order, oceantest.ListLag(time.Hour))
		made := w.create()
		w.inspect(made.ID)
		w.ocean.Fail("DELETE /v2/droplets/{id}", oceantest.Ignore())
		if err := w.provider.Destroy(w.Context(), made.ID); err != nil {
			w.Fatal(err)
		}
		w.ocean.Fail(alone, oceantest.Status(404))
		var seen []string
		for span := time.Duration(0); span < w.provider.Traits().AbsenceSpan; span += listMoving {
			seen = append(seen, w.describe(made.ID))
			time.Sleep(listMoving)
		}
		if want := []string{"missing", "missing", "active", "active", "active", "active"}; !slices.Equal(seen, want) {
			w.Errorf("it is %q, want %q", seen, want)
		}
	})
}

// Looks come when they may: in a storm one waits for minutes. However they come, the six
// of them that count must rest on three answers about the machine by itself, the last of
// which is half a minute after the first.
func TestSixLooksRestOnThreeAnswersOverHalfAMinute(t *testing.T) {
	gaps := []time.Duration{listMoving, 5200 * time.Millisecond, 6 * time.Second, 6500 * time.Millisecond, 9 * time.Second, 10 * time.Minute}
	var tries int
	var try func(past []time.Duration)
	try = func(past []time.Duration) {
		if len(past) == 6 {
			tries++
			prove(t, past)
			return
		}
		for _, gap := range gaps {
			try(append(slices.Clip(past), gap))
		}
	}
	try(nil)
	if want := 46656; tries != want {
		t.Errorf("%d ways were tried, want %d", tries, want)
	}
}

// prove has looks come so long after each other, until an absence is believed.
func prove(t *testing.T, gaps []time.Duration) {
	t.Helper()
	var d departures
	begun := time.Now()
	now, first, answers := begun, time.Time{}, 0
	d.begin("1", begun)
	for look := 1; ; look++ {
		if d.due("1", now) {
			d.miss("1", now)
			answers++
			if first.IsZero() {
				first = now
			}
		}
		if look >= 6 && now.Sub(begun) >= absenceSpan {
			break
		}
		now = now.Add(gaps[look-1])
	}
	if last := d.by["1"].last; answers < 3 || last.Sub(first) < absenceSpan {
		t.Fatalf("after looks with %v between them it is gone by %d answers over %v", gaps, answers, last.Sub(first))
	}
}

func TestDeparturesAreForgottenInTime(t *testing.T) {
	var d departures
	begun := time.Now()
	d.begin("1", begun)
	d.begin("2", begun.Add(farewell-time.Second))
	if _, known := d.by["1"]; !known {
		t.Error("a departure is forgotten too soon")
	}
	d.begin("3", begun.Add(farewell))
	if _, known := d.by["1"]; known || len(d.by) != 2 {
		t.Errorf("%d departures are remembered, want two", len(d.by))
	}
}
