//go:build verify

package e2e

import (
	"strings"
	"testing"
	"time"
)

// cure is within what a request that has failed must succeed when it is repeated, and
// a stream be back.
const cure = 10 * time.Second

// TestThreeReplicasAsPackaged installs three replicas, PostgreSQL and Caddy on one
// machine, with the files of packaging/ as they stand. While people order desktops and
// give them up, replicas are stopped, killed, and replaced by those of a next version.
func TestThreeReplicasAsPackaged(t *testing.T) {
	l := newLab(t)
	for _, unit := range []string{"dictumal.service", "dictumal@8081.service"} {
		if said := l.run("systemd-analyze", "verify", unit); said != "" {
			t.Errorf("%s: %s", unit, said)
		}
		l.run("systemd-analyze", "security", "--no-pager", "--threshold=25", unit) // it fails beyond that
	}

	f, c := l.follow(), l.crowd(2)
	t.Run("Stopped", func(t *testing.T) {
		l.each(t, f, c, func(port string) {
			l.run("systemctl", "stop", "dictumal@"+port)
			l.goesOn(c, f)
			l.run("systemctl", "start", "dictumal@"+port)
		})
	})
	t.Run("Killed", func(t *testing.T) {
		l.each(t, f, c, func(port string) {
			l.run("systemctl", "kill", "-s", "SIGKILL", "dictumal@"+port) // and it starts it again
		})
	})
	t.Run("PostgreSQLRestarted", func(t *testing.T) {
		l.run("systemctl", "restart", "postgresql")
		l.goesOn(c, f)
		remark(t, f, c)
	})
	t.Run("Upgraded", func(t *testing.T) {
		before := f.broken()
		l.install("next")
		l.run("sh", "-euc", block(t, "sh", "Rolling upgrade"))
		l.goesOn(c, f)
		for _, port := range ports {
			if said := l.run("curl", "-fsS", "http://127.0.0.1:"+port+"/healthz"); !strings.Contains(said, `"version":"next"`) {
				t.Errorf("the replica %s is %s", port, said)
			}
		}
		if found := l.query(`SELECT count(next_note) >= 0 FROM deployment`); found != "t" {
			t.Errorf("the schema is not the next version's: %s", found)
		}
		if f.broken() == before {
			t.Error("no replica was restarted under the one who follows")
		}
		remark(t, f, c)
	})

	c.leave()
	missed(t, l, f)
	lostOrDoubled(t, l, c)
}

// each does something to one replica after the other; whatever it is, all goes on.
func (l *lab) each(t *testing.T, f *follower, c *crowd, do func(port string)) {
	t.Helper()
	before := f.broken()
	for _, port := range ports {
		do(port)
		l.ready(port)
		l.goesOn(c, f)
	}
	if f.broken() == before {
		t.Error("the one who follows was at none of them")
	}
	remark(t, f, c)
}

// goesOn waits until everybody has ordered, and given up, another desktop, and the one
// who follows has heard of it.
func (l *lab) goesOn(c *crowd, f *follower) {
	l.t.Helper()
	last := c.next(l.t)
	l.until("the one who follows having heard of all that was ordered", func() bool { return f.heard(last) })
}

// remark says what the worst was until now, and bounds it.
func remark(t *testing.T, f *follower, c *crowd) {
	t.Helper()
	asked, failed, worst := c.worst()
	t.Logf("%d requests, %d of which were repeated, the longest for %s; the stream of events was away %d times, the longest for %s",
		asked, failed, worst.Round(time.Millisecond), f.broken(), f.worst().Round(time.Millisecond))
	if worst > cure {
		t.Errorf("a request was repeated for %s, want at most %s", worst, cure)
	}
	if f.worst() > cure {
		t.Errorf("a stream of events was away for %s, want at most %s", f.worst(), cure)
	}
}

// missed compares what the one who followed has heard with what somebody hears who
// comes when all is over.
func missed(t *testing.T, l *lab, f *follower) {
	t.Helper()
	last := l.query(`SELECT max(number) FROM event`)
	l.until("the one who follows having heard the last event", func() bool { return f.reached(last) })
	whole := l.follow()
	l.until("another having heard the last event", func() bool { return whole.reached(last) })
	got, want := f.upTo(last), whole.upTo(last)
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("who followed has heard %d events, and there are %d:\n%v\n%v", len(got), len(want), got, want)
	}
	t.Logf("%d events, each of them heard once and in order", len(want))
}

// lostOrDoubled sets the account's droplets, and those that there ever were, beside
// what was ordered.
func lostOrDoubled(t *testing.T, l *lab, c *crowd) {
	t.Helper()
	var owned map[string]bool // machine names, and whether each is to be there
	l.until("the account having what is owned and nothing else", func() bool {
		var settled bool
		owned, settled = c.owned()
		living := 0
		for _, there := range owned {
			if there {
				living++
			}
		}
		for _, droplet := range l.ocean.Droplets() {
			if !owned[droplet.Name] {
				return false
			}
			living--
		}
		return settled && living == 0
	})
	made := map[string]int{}
	for _, charge := range l.ocean.Bill() {
		made[charge.Name]++
		if _, known := owned[charge.Name]; !known || made[charge.Name] > 1 {
			t.Errorf("%s was made twice, or for nobody", charge.Name)
		}
	}
	t.Logf("%d desktops ordered, %d machines made, %d of them there in the end, none lost or doubled",
		len(c.ordered()), len(made), len(l.ocean.Droplets()))
}
