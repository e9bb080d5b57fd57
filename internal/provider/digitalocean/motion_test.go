package digitalocean

import (
	"testing"
	"time"

	"github.com/dictumal/dictumal"
)

func TestAMotionIsOverOnceAListThatMayKnowShowsIt(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	up := dictumal.Machine{ID: "7", Name: "desk", Power: dictumal.PowerActive, IP: "192.0.2.7"}
	off := dictumal.Machine{ID: "7", Name: "desk", Power: dictumal.PowerOff}
	cases := []struct {
		name    string
		over    func(dictumal.Machine, bool) bool
		changes int
		listed  []dictumal.Machine
		want    bool
	}{
		{"a machine that is up was made", settled, 1, []dictumal.Machine{up}, true},
		{"a machine that is not listed is being made", settled, 1, nil, false},
		{"a machine that is on was started", running, 1, []dictumal.Machine{up}, true},
		{"a machine that is off is being started", running, 1, []dictumal.Machine{off}, false},
		{"a machine that is not listed is gone", gone, 1, nil, true},
		{"a machine that is listed is being removed", gone, 1, []dictumal.Machine{up}, false},
		{"a list that was begun before it says nothing", gone, 0, nil, false},
		{"a list that was begun later says as much", gone, 2, nil, true},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			motions := motions{by: map[string]motion{}}
			motions.begin(up, test.over)
			motions.compare(test.changes, test.listed, now)
			if got := !motions.any(now); got != test.want {
				t.Errorf("it is over: %v, want %v", got, test.want)
			}
		})
	}
}
