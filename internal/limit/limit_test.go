package limit_test

import (
	"net/netip"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dictumal/dictumal/internal/limit"
)

func TestEachKeyIsLetThroughAtItsOwnPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := limit.New(2*time.Second, 3, time.Now)
		for i := range 3 {
			if wait := l.Take("ada"); wait != 0 {
				t.Fatalf("number %d of the first three waits %s", i+1, wait)
			}
		}
		if wait := l.Take("ada"); wait != 2*time.Second {
			t.Errorf("the fourth waits %s, want 2s", wait)
		}
		if wait := l.Take("ben"); wait != 0 {
			t.Errorf("somebody else waits %s", wait)
		}
		time.Sleep(2*time.Second - 1)
		if wait := l.Wait("ada"); wait <= 0 || wait > time.Microsecond {
			t.Errorf("just before its time it waits %s", wait)
		}
		time.Sleep(time.Microsecond)
		if first, second := l.Take("ada"), l.Take("ada"); first != 0 || second == 0 {
			t.Errorf("after its time one waits %s and the next %s", first, second)
		}
		time.Sleep(time.Hour)
		for range 3 {
			l.Take("ada")
		}
		if l.Take("ada") == 0 {
			t.Error("an hour of rest made room for more than three")
		}
	})
}

func TestAskingHowLongTakesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := limit.New(time.Second, 1, time.Now)
		for range 100 {
			if wait := l.Wait("ada"); wait != 0 {
				t.Fatalf("it waits %s", wait)
			}
		}
		l.Take("ada")
		for range 100 {
			if wait := l.Wait("ada"); wait != time.Second {
				t.Fatalf("it waits %s, want 1s", wait)
			}
		}
	})
}

func TestItForgetsWhoWasLongestAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := limit.New(time.Hour, 1, time.Now)
		l.Take("first")
		l.Take("second")
		for i := range limit.Most - 2 {
			l.Take(strconv.Itoa(i))
		}
		if l.Take("first") == 0 {
			t.Fatal("it forgot before it was full")
		}
		l.Take("one too many")
		if l.Wait("first") == 0 {
			t.Error("it forgot who came a moment ago")
		}
		if l.Wait("second") != 0 {
			t.Error("it remembers more than it may")
		}
	})
}

func TestAnAssignmentHasManyNetworks(t *testing.T) {
	for address, want := range map[string]string{
		"2001:db8:1:2::1":  "2001:db8:1::/48",
		"2001:db8:1:ff::1": "2001:db8:1::/48",
		"192.0.2.7":        "",
		"::ffff:192.0.2.7": "",
		"fd00:1:2:3::1":    "",
		"fe80::1%eth0":     "",
		"::1":              "",
	} {
		if got := limit.Assignment(netip.MustParseAddr(address)); got != want {
			t.Errorf("%q is of %q, want %q", address, got, want)
		}
	}
	if got := limit.Assignment(netip.Addr{}); got != "" {
		t.Errorf("no address is of %q", got)
	}
}

func TestNeighboursInOneNetworkAreOne(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.7":            "192.0.2.7",
		"::ffff:192.0.2.7":     "192.0.2.7",
		"2001:db8:1:2::1":      "2001:db8:1:2::/64",
		"2001:db8:1:2:f::9":    "2001:db8:1:2::/64",
		"2001:db8:1:3::1":      "2001:db8:1:3::/64",
		"fe80::1%eth0":         "fe80::/64",
		"":                     "",
		"not an address at al": "not an address at al",
	} {
		if got := limit.Network(address); got != want {
			t.Errorf("%q is of %q, want %q", address, got, want)
		}
	}
}
