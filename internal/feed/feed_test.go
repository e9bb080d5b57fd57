package feed_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/feed"
	"github.com/dictumal/dictumal/internal/store"
	"github.com/dictumal/dictumal/internal/store/storetest"
)

// office is a store with deployments of two owners, and a feed of it.
type office struct {
	t     *testing.T
	store *store.Store
	feed  *feed.Feed
}

func open(t *testing.T) *office {
	t.Helper()
	s := storetest.Open(t)
	o := &office{t: t, store: s, feed: feed.New(s)}
	for _, owner := range []string{"ada", "bob"} {
		if err := s.AddUser(t.Context(), dictumal.User{ID: owner}, "local", owner); err != nil {
			t.Fatal(err)
		}
		for i := range 2 {
			row := store.Row{Deployment: dictumal.Deployment{ID: fmt.Sprint(owner, i), Owner: owner, CreatedAt: time.Now()}}
			if _, _, err := s.AddDeployment(t.Context(), store.Order{Row: row, PerUser: 9, Total: 9}); err != nil {
				t.Fatal(err)
			}
		}
	}
	return o
}

func (o *office) note(deployment, text string) {
	o.t.Helper()
	if err := o.store.Note(o.t.Context(), deployment, text); err != nil {
		o.t.Error(err)
	}
}

func (o *office) listen(topic feed.Topic) *feed.Listener {
	o.t.Helper()
	l, err := o.feed.Listen(o.t.Context(), topic)
	if err != nil {
		o.t.Fatal(err)
	}
	return l
}

// texts waits for as many messages, and returns what they say.
func texts(t *testing.T, l *feed.Listener, count int) []string {
	t.Helper()
	var said []string
	for len(said) < count {
		<-l.Woken()
		messages, lagging, ended := l.Take()
		if lagging || ended {
			t.Fatalf("lagging %v, ended %v", lagging, ended)
		}
		for _, m := range messages {
			said = append(said, m.Entry.Text)
		}
	}
	return said
}

func TestEachHearsOfItsTopicInOrder(t *testing.T) {
	o := open(t)
	one, all := o.listen(feed.Topic{Deployment: "ada1"}), o.listen(feed.Topic{Owner: "ada"})
	defer one.Close()
	defer all.Close()
	o.note("ada0", "first")
	o.note("bob0", "not hers")
	o.note("ada1", "second")
	o.note("ada0", "third")
	o.note("ada1", "fourth")
	if got, want := texts(t, one, 2), []string{"second", "fourth"}; !slices.Equal(got, want) {
		t.Errorf("who listens to one deployment hears %q, want %q", got, want)
	}
	if got, want := texts(t, all, 4), []string{"first", "second", "third", "fourth"}; !slices.Equal(got, want) {
		t.Errorf("who listens to all of hers hears %q, want %q", got, want)
	}
}

func TestAChangeOfStatusComesWithTheState(t *testing.T) {
	o := open(t)
	l := o.listen(feed.Topic{Owner: "bob"})
	defer l.Close()
	if _, err := o.store.MarkDestroying(t.Context(), "bob", "bob1", "Enough."); err != nil {
		t.Fatal(err)
	}
	<-l.Woken()
	messages, _, _ := l.Take()
	if len(messages) != 1 || messages[0].Deployment.ID != "bob1" || messages[0].Deployment.Status != dictumal.Destroying {
		t.Errorf("got %+v", messages)
	}
}

func TestAMessageIsWrittenOnceForAll(t *testing.T) {
	o := open(t)
	listeners := []*feed.Listener{o.listen(feed.Topic{Owner: "ada"}), o.listen(feed.Topic{Deployment: "ada0"}), o.listen(feed.Topic{Owner: "ada"})}
	o.note("ada0", "once")
	written := 0
	for _, l := range listeners {
		<-l.Woken()
		messages, _, _ := l.Take()
		text, err := messages[0].Text(func(e store.Entry, _ dictumal.Deployment) ([]byte, error) {
			written++
			return []byte(e.Text), nil
		})
		if err != nil || string(text) != "once" {
			t.Errorf("got %q, %v", text, err)
		}
		l.Close()
	}
	if written != 1 {
		t.Errorf("it was written %d times", written)
	}
}

func TestWhoDoesNotTakeIsTold(t *testing.T) {
	o := open(t)
	slow, quick := o.listen(feed.Topic{Deployment: "ada0"}), o.listen(feed.Topic{Deployment: "ada0"})
	defer slow.Close()
	defer quick.Close()
	for i := range 257 {
		o.note("ada0", fmt.Sprint(i))
		texts(t, quick, 1)
	}
	messages, lagging, ended := slow.Take()
	if len(messages) != 0 || !lagging || ended {
		t.Errorf("%d messages, lagging %v, ended %v", len(messages), lagging, ended)
	}
	<-slow.Woken() // it was woken by what it has missed
	o.note("ada0", "afterwards")
	if got := texts(t, slow, 1); got[0] != "afterwards" {
		t.Errorf("got %q", got)
	}
}

func TestAllHearOfTheEnd(t *testing.T) {
	o := open(t)
	l := o.listen(feed.Topic{Owner: "ada"})
	if err := o.store.Close(); err != nil {
		t.Fatal(err)
	}
	<-l.Woken()
	if _, _, ended := l.Take(); !ended {
		t.Error("it goes on")
	}
	l.Close()
	if _, err := o.feed.Listen(t.Context(), feed.Topic{Owner: "ada"}); err == nil {
		t.Error("one can listen to a store that is closed")
	}
}

// follower does as a stream of events does: it listens, reads the rows, and goes on
// with what it hears.
type follower struct {
	*office
	deployment string
	last       int64
	seen       []string
}

func (f *follower) read() {
	f.t.Helper()
	for {
		entries, err := f.store.Events(f.t.Context(), f.deployment, f.last, 7)
		if err != nil {
			f.t.Error(err)
		}
		if err != nil || len(entries) == 0 {
			return
		}
		for _, e := range entries {
			f.take(e)
		}
	}
}

func (f *follower) take(e store.Entry) {
	if e.Number > f.last {
		f.last = e.Number
		f.seen = append(f.seen, e.Text)
	}
}

// until follows until it has seen a text.
func (f *follower) until(text string) {
	f.t.Helper()
	l := f.listen(feed.Topic{Deployment: f.deployment})
	defer l.Close()
	f.read()
	for !slices.Contains(f.seen, text) {
		<-l.Woken()
		messages, lagging, _ := l.Take()
		if lagging {
			f.read()
		}
		for _, m := range messages {
			f.take(m.Entry)
		}
	}
}

func TestNobodyMissesAnythingWhoComesAndGoes(t *testing.T) {
	o := open(t)
	const notes = 400
	deployments := []string{"ada0", "ada1", "bob0", "bob1"}
	var working sync.WaitGroup
	followers := make([]*follower, 24)
	for i := range followers {
		followers[i] = &follower{office: o, deployment: deployments[i%len(deployments)]}
		working.Go(func() {
			for until := i; until < notes; until += 37 { // it leaves and comes back
				followers[i].until(fmt.Sprint(until))
			}
			followers[i].until(fmt.Sprint(notes - 1))
		})
	}
	for _, deployment := range deployments {
		working.Go(func() {
			for i := range notes {
				o.note(deployment, fmt.Sprint(i))
			}
		})
	}
	working.Wait()
	for _, f := range followers {
		if len(f.seen) != notes+2 { // and the two events of an order
			t.Errorf("a follower of %s has seen %d events", f.deployment, len(f.seen))
			continue
		}
		for i, text := range f.seen[2:] {
			if text != fmt.Sprint(i) {
				t.Fatalf("a follower of %s has seen %q in place %d", f.deployment, text, i)
			}
		}
	}
}
