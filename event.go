package dictumal

import "time"

// EventKind says what an event is about.
type EventKind string

// The kinds of events. Status, progress and log events are streamed to viewers
// under these names; notes tell the story on the instance's page.
const (
	EventStatus   EventKind = "status"
	EventProgress EventKind = "progress"
	EventNote     EventKind = "note"
	EventLog      EventKind = "log"
)

// Event is something that happened to a deployment.
type Event struct {
	// Number grows with every event of the installation; a reader who has seen
	// one number has seen all smaller ones.
	Number     int64
	Deployment string
	At         time.Time
	Kind       EventKind
	Status     Status // of a status event
	Stage      Stage  // of a progress event
	Text       string // a sentence for people
}
