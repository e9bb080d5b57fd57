package feed

import (
	"slices"
	"sync"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

// Message is an event and, where it is about one, the state of its deployment. It is
// shared by all who hear of it.
type Message struct {
	store.Entry
	Deployment dictumal.Deployment

	once sync.Once
	text []byte
	err  error
}

// Stateful tells whether events of a kind are told with the state of their deployment.
func Stateful(kind dictumal.EventKind) bool {
	return kind == dictumal.EventStatus || kind == dictumal.EventProgress
}

// Text is the message as it is sent, which is made once for all.
func (m *Message) Text(write func(store.Entry, dictumal.Deployment) ([]byte, error)) ([]byte, error) {
	m.once.Do(func() { m.text, m.err = write(m.Entry, m.Deployment) })
	return m.text, m.err
}

// Listener is somebody who listens. What they have not taken yet waits, up to a bound.
type Listener struct {
	feed  *Feed
	topic Topic
	woken chan struct{}

	mu      sync.Mutex
	waiting []*Message
	lagging bool
	ended   bool
}

// Woken is signalled when there is something to take.
func (l *Listener) Woken() <-chan struct{} { return l.woken }

// Take returns what has happened since the last time, oldest first. Where too much
// has happened it is lagging, and what was missed is to be read from the rows. Where
// the feed has ended there will be no more.
func (l *Listener) Take() (messages []*Message, lagging, ended bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	messages, lagging = l.waiting, l.lagging
	l.waiting, l.lagging = nil, false
	return messages, lagging, l.ended
}

// Close ends listening.
func (l *Listener) Close() { l.feed.leave(l) }

// Private

// mostWaiting is how many messages wait for one listener.
const mostWaiting = 256

func (l *Listener) add(messages []*Message) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.lagging:
	case len(l.waiting)+len(messages) > mostWaiting:
		l.waiting, l.lagging = nil, true
	case l.waiting == nil:
		l.waiting = slices.Clip(messages) // as the others', for as long as it does not grow
	default:
		l.waiting = append(l.waiting, messages...)
	}
	l.wake()
}

func (l *Listener) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = true
	l.wake()
}

func (l *Listener) wake() {
	select {
	case l.woken <- struct{}{}:
	default: // it is woken already and has not looked yet
	}
}
