package crash_test

import (
	"math/rand/v2"
	"syscall"
	"time"
)

// script is what befalls a cluster, one thing after another, decided by a seed.
type script struct {
	*cluster
	chance *rand.Rand
	deck   []func(*script)
	acts   map[string]int
}

func newScript(c *cluster, seed uint64) *script {
	return &script{cluster: c, chance: rand.New(rand.NewPCG(seed, 0)), acts: map[string]int{}}
}

// next has the next thing happen, and waits until everything works again.
func (s *script) next() {
	s.Helper()
	if len(s.deck) == 0 {
		s.deck = []func(*script){
			(*script).kill, (*script).kill, (*script).stop, (*script).stop, (*script).both, (*script).restart, (*script).failOver,
		}
		s.chance.Shuffle(len(s.deck), func(a, b int) { s.deck[a], s.deck[b] = s.deck[b], s.deck[a] })
	}
	act := s.deck[0]
	s.deck = s.deck[1:]
	act(s)
	s.whole()
	s.rest(3 * time.Second)
}

// Private

func (s *script) kill() {
	s.Helper()
	r := s.any()
	s.end(r)
	s.rest(2 * time.Second)
	s.start(r)
}

// stop has a replica stand still for twice its lease, and then go on as if nothing
// had happened.
func (s *script) stop() {
	s.Helper()
	r := s.any()
	s.halt(r)
	time.Sleep(2 * lease)
	s.resume(r)
}

// both stops one replica and kills another meanwhile, so that one is left.
func (s *script) both() {
	s.Helper()
	first := s.chance.IntN(len(s.replicas))
	stopped, killed := s.replicas[first], s.replicas[(first+1+s.chance.IntN(len(s.replicas)-1))%len(s.replicas)]
	s.halt(stopped)
	s.rest(2 * lease / 3)
	s.end(killed)
	time.Sleep(2 * lease * 2 / 3)
	s.resume(stopped)
	s.start(killed)
}

func (s *script) restart() {
	s.Helper()
	s.count("the database is restarted", "")
	s.strikeAll()
	s.pair.restart()
	s.note("", "the database is back")
}

func (s *script) failOver() {
	s.Helper()
	s.count("the database is killed, and the standby takes over", "")
	s.strikeAll()
	s.pair.failOver(time.Second)
	s.note("", "the database has a new standby")
}

func (s *script) end(r *member) {
	s.Helper()
	s.count("a replica is killed", r.name)
	s.struck.note(r.address)
	r.kill()
}

func (s *script) halt(r *member) {
	s.Helper()
	s.count("a replica is stopped", r.name)
	s.struck.note(r.address)
	s.send(r, syscall.SIGSTOP)
}

func (s *script) resume(r *member) {
	s.Helper()
	s.note("", "%s goes on", r.name)
	s.send(r, syscall.SIGCONT)
}

func (s *script) send(r *member, signal syscall.Signal) {
	s.Helper()
	if err := r.command.Process.Signal(signal); err != nil {
		s.Fatalf("%s cannot be sent %s: %v", r.name, signal, err)
	}
}

func (s *script) any() *member { return s.replicas[s.chance.IntN(len(s.replicas))] }

// rest waits for up to a time.
func (s *script) rest(most time.Duration) {
	time.Sleep(time.Duration(s.chance.Int64N(int64(most))))
}

func (s *script) count(act, whom string) {
	s.acts[act]++
	s.note("", "%s %s", act, whom)
}

func (s *script) strikeAll() {
	for _, r := range s.replicas {
		s.struck.note(r.address)
	}
}
