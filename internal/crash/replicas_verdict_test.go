package crash_test

import (
	"testing"
	"time"
)

func TestWhoIsWithoutForLongerThanTheBarIsToldOf(t *testing.T) {
	begun := time.Now()
	at := func(seconds int) time.Time { return begun.Add(time.Duration(seconds) * time.Second) }
	cases := []struct {
		name    string
		strikes []int
		until   int // when a gap ends that begins at once; 0: never
		wrong   int
	}{
		{"in time", nil, 10, 0},
		{"too late", nil, 11, 1},
		{"struck again", []int{6}, 16, 0},
		{"struck again, and too late", []int{6}, 17, 1},
		{"struck again when the time was over", []int{11}, 12, 1},
		{"struck again when it was back", []int{11}, 11, 1},
		{"never back", nil, 0, 2},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			struck, all := &strikes{all: []strike{{"a", at(0)}}}, &gaps{}
			for _, when := range test.strikes {
				struck.all = append(struck.all, strike{"b", at(when)})
			}
			for _, who := range []string{"a viewer", "a follower"} {
				s := all.sit(who, "ada")
				s.lose(struck.since("a", begun.Add(-time.Second)))
				s.regain("b")
			}
			for n := range all.over {
				all.over[n].until = at(1)
			}
			if test.until > 0 {
				all.over[0].until = at(test.until)
			} else {
				all.seats[0].lose(at(0))
			}
			if _, wrong := all.verdict(struck, at(60)); len(wrong) != test.wrong {
				t.Errorf("told of %q, want %d", wrong, test.wrong)
			}
		})
	}
	if _, wrong := new(gaps).verdict(&strikes{}, begun); len(wrong) != 2 {
		t.Errorf("where nobody was without: told of %q, want both kinds", wrong)
	}
	early := &gaps{}
	early.sit("a viewer", "ada")
	early.sit("a viewer", "ben").leave()
	if names, open := early.without(begun); len(names) != 1 || len(open) != 0 {
		t.Errorf("%q without, and %v: want who never had a picture, and no gap", names, open)
	}
}
