package incus

import "testing"

func TestOnlyEventsOfInstancesAreHeard(t *testing.T) {
	cases := []struct {
		name, message string
		want          Event
	}{
		{
			"a start", `{"metadata":{"action":"instance-started","source":"/1.0/instances/a?project=p"}}`,
			Event{"instance-started", "a"},
		},
		{
			"a snapshot belongs to its instance", `{"metadata":{"action":"x","source":"/1.0/instances/a/snapshots/s"}}`,
			Event{"x", "a"},
		},
		{"another thing", `{"metadata":{"action":"image-created","source":"/1.0/images/a"}}`, Event{}},
		{"no source", `{"metadata":{"action":"x","source":"%"}}`, Event{}},
		{"no JSON", `x`, Event{}},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			got, ok := parseEvent([]byte(test.message))
			if got != test.want || ok != (test.want != Event{}) {
				t.Errorf("heard %+v (%v), want %+v", got, ok, test.want)
			}
		})
	}
}
