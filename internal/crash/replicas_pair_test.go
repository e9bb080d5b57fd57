package crash_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/dictumal/dictumal/internal/postgrestest"
)

// pair is a database on two sites: one server, and one that follows it and takes over.
// Each site keeps its address, whichever server stands there.
type pair struct {
	*testing.T
	sites   [2]*site
	primary int // the site of the one that is written to
	name    string
}

type site struct {
	*relay
	server *postgrestest.Server
}

func newPair(t *testing.T) *pair {
	t.Helper()
	p := &pair{T: t}
	first := postgrestest.Start(t)
	p.name = p.parse(first.Database(t)).Path
	for n, server := range []*postgrestest.Server{first, first.Standby(t)} {
		to := p.parse(server.URL("")).Host
		p.sites[n] = &site{newRelay(t, func() string { return to }), server}
	}
	return p
}

// url is the database's, with both sites.
func (p *pair) url() string {
	address := p.parse(p.sites[0].server.URL(""))
	address.Host, address.Path = p.sites[0].address+","+p.sites[1].address, p.name
	return address.String()
}

// restart ends the server as if it had crashed, and starts it again. It is whole once
// the other one follows again: before, what it has may be lost with it.
func (p *pair) restart() {
	p.Helper()
	s := p.sites[p.primary].server
	s.Restart(p.T)
	s.Do(p.T, `DO $$ BEGIN
		WHILE NOT EXISTS (SELECT FROM pg_stat_replication WHERE sync_state = 'sync' AND replay_lsn >= pg_current_wal_lsn() - 1000) LOOP
			PERFORM pg_sleep(0.01);
			PERFORM pg_stat_clear_snapshot();
		END LOOP;
	END $$`)
}

// failOver kills the server and has the other take over, as a service that watches them
// would after a moment. Then a new one follows it from where the dead one was.
func (p *pair) failOver(moment time.Duration) {
	p.Helper()
	p.sites[p.primary].server.Kill(p.T)
	time.Sleep(moment)
	p.primary = 1 - p.primary
	next := p.sites[p.primary].server
	next.Promote(p.T)
	standby := next.Standby(p.T)
	to := p.parse(standby.URL("")).Host
	former := p.sites[1-p.primary]
	former.server = standby
	former.mu.Lock()
	defer former.mu.Unlock()
	former.pick = func() string { return to }
}

// Private

func (p *pair) parse(address string) *url.URL {
	p.Helper()
	parsed, err := url.Parse(address)
	if err != nil {
		p.Fatal(err)
	}
	return parsed
}
