package turnstile

import (
	"io"
	"net"
	"net/netip"
	"slices"
	"sync"
	"testing"
)

func TestNobodyTakesAllTheRoom(t *testing.T) {
	gate := New(Bounds{All: 3, Each: []int{2}})
	var leave []func()
	enter := func(name string, want bool) {
		t.Helper()
		out, ok := gate.Enter(name)
		if ok != want {
			t.Fatalf("%q is let in: %v, want %v", name, ok, want)
		}
		if ok {
			leave = append(leave, out)
		}
	}
	enter("ada", true)
	enter("ada", true)
	enter("ada", false)
	enter("bob", true)
	enter("bob", false) // there is no room at all
	leave[0]()
	leave[0]() // who leaves twice has left once
	enter("bob", true)
	enter("bob", false)
	leave[1]()
	leave[2]()
	leave[3]()
	if len(gate.in) != 0 || gate.total != 0 {
		t.Errorf("when all have left, %v are in, %d in sum", gate.in, gate.total)
	}
	for range 3 {
		enter("", true) // the nameless count in sum only
	}
	enter("", false)
}

func TestManyComeAndGoAtOnce(t *testing.T) {
	gate := New(Bounds{All: 20, Each: []int{5}})
	var group sync.WaitGroup
	for i := range 100 {
		group.Go(func() {
			for range 100 {
				if leave, ok := gate.Enter(string(rune('a' + i%10))); ok {
					leave()
				}
			}
		})
	}
	group.Wait()
	if len(gate.in) != 0 || gate.total != 0 {
		t.Errorf("when all have left, %v are in, %d in sum", gate.in, gate.total)
	}
}

func TestConnectionsBeyondTheBoundAreClosedAtOnce(t *testing.T) {
	for _, test := range []struct {
		name  string
		free  bool
		want  int // of four that come
		bound string
	}{
		{"of one address", false, 2, Address},
		{"of those whose sum counts alone", true, 3, All},
	} {
		t.Run(test.name, func(t *testing.T) {
			plain, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			refused := make(chan Refusal, 10)
			listener := New(Bounds{All: 3, Each: []int{2, 3}}).Listen(plain, func(netip.Addr) bool { return test.free }, func(r Refusal) { refused <- r })
			t.Cleanup(func() { _ = listener.Close() })
			accepted := make(chan net.Conn, 10)
			go func() {
				for {
					conn, err := listener.Accept()
					if err != nil {
						return
					}
					_, _ = conn.Write([]byte("in")) // the other side counts it
					accepted <- conn
				}
			}()
			come := func() bool {
				conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", plain.Addr().String())
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = conn.Close() })
				_, err = io.ReadFull(conn, make([]byte, 2))
				return err == nil
			}
			in := 0
			for range 4 {
				if come() {
					in++
				}
			}
			if in != test.want {
				t.Errorf("of four, %d were let in, want %d", in, test.want)
			}
			for range 4 - test.want {
				if got, want := <-refused, (Refusal{netip.MustParseAddr("127.0.0.1"), test.bound}); got != want {
					t.Errorf("it tells of %v, want %v", got, want)
				}
			}
			if err := (<-accepted).Close(); err != nil {
				t.Fatal(err)
			}
			if !come() {
				t.Error("there is no room after one has left")
			}
		})
	}
}

func TestRoomIsKeptForThoseWithoutAName(t *testing.T) {
	gate := New(Bounds{All: 5, Kept: 2, Each: []int{5}})
	enter := func(want bool, names ...string) {
		t.Helper()
		if _, ok := gate.Enter(names...); ok != want {
			t.Fatalf("%q is let in: %v, want %v", names, ok, want)
		}
	}
	for range 3 {
		enter(true, "ada")
	}
	enter(false, "ada")
	enter(false, "bob")
	enter(true)
	enter(true, "")
	enter(false)
}

func TestWhoHasTwoNamesCountsByBoth(t *testing.T) {
	gate := New(Bounds{All: 10, Each: []int{2, 3}})
	for _, test := range []struct {
		names []string
		full  int
	}{
		{[]string{"a1", "a"}, room},
		{[]string{"a1", "a"}, room},
		{[]string{"a1", "a"}, 0},
		{[]string{"a2", "a"}, room},
		{[]string{"a3", "a"}, 1},
		{[]string{"a", "b"}, room}, // which is another's first name
		{[]string{"a4", ""}, room},
	} {
		if _, full := gate.enter(test.names); full != test.full {
			t.Errorf("%q finds %d, want %d", test.names, full, test.full)
		}
	}
}

func TestAHouseholdIsOneAddress(t *testing.T) {
	b := &bounded{free: netip.Addr.IsLoopback}
	for from, want := range map[string][]string{
		"203.0.113.9:1":            {"203.0.113.9", ""},
		"[::ffff:203.0.113.9]:1":   {"203.0.113.9", ""},
		"[2001:db8:1:2:3:4:5:6]:1": {"2001:db8:1:2::/64", "2001:db8:1::/48"},
		"[2001:db8:1:2::1]:1":      {"2001:db8:1:2::/64", "2001:db8:1::/48"},
		"[fd00:1:2:3::1]:1":        {"fd00:1:2:3::/64", ""},
		"[fe80::1%eth0]:1":         {"fe80::/64", ""},
		"127.0.0.1:1":              nil,
		"[::1]:1":                  nil,
		"@":                        nil, // a socket
	} {
		if got := b.names(addressOf(caller(from))); !slices.Equal(got, want) {
			t.Errorf("%s counts as %q, want %q", from, got, want)
		}
	}
}

// caller is a connection from somewhere.
func caller(from string) net.Conn { return remote{from: from} }

type remote struct {
	net.Conn
	from string
}

func (r remote) RemoteAddr() net.Addr { return r }
func (remote) Network() string        { return "tcp" }
func (r remote) String() string       { return r.from }
