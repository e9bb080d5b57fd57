package dictumal_test

import (
	"testing"
	"time"

	"github.com/dictumal/dictumal"
)

func TestALengthOfTimeIsNamedInFull(t *testing.T) {
	for want, d := range map[string]time.Duration{
		"1 hour": time.Hour, "1 hour 30 minutes": 90 * time.Minute, "2 days 1 hour": 49 * time.Hour,
		"1 second": 700 * time.Millisecond, "0 seconds": 0,
	} {
		if got := dictumal.Span(d); got != want {
			t.Errorf("%s is %q, want %q", d, got, want)
		}
	}
}
