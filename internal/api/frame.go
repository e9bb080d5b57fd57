package api

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

// StatusEvent is the data of an event named status.
type StatusEvent struct {
	Deployment string            `json:"deployment"`
	Status     dictumal.Status   `json:"status"`
	IP         *string           `json:"ip"`
	Error      *dictumal.Failure `json:"error"`
	Warning    *dictumal.Failure `json:"warning"`
}

// ProgressEvent is the data of an event named progress.
type ProgressEvent struct {
	Deployment string `json:"deployment"`
	Progress
}

// LogEvent is the data of an event named log.
type LogEvent struct {
	Deployment string `json:"deployment"`
	Offset     int64  `json:"offset"`
	Text       string `json:"text"`
}

// NoteEvent is the data of an event named note.
type NoteEvent struct {
	Deployment string    `json:"deployment"`
	At         time.Time `json:"at"`
	Text       string    `json:"text"`
}

// Private

// frame is an event as it is sent. What it says of the deployment beyond the event is
// as the deployment is now.
func frame(e store.Entry, d dictumal.Deployment) ([]byte, error) {
	switch e.Kind {
	case dictumal.EventLog:
		return encode(e.Number, "log", LogEvent{e.Deployment, e.LogOffset, e.Text})
	case dictumal.EventNote:
		return encode(e.Number, "note", NoteEvent{e.Deployment, e.At, e.Text})
	case dictumal.EventProgress:
		d.Progress.Stage = e.Stage
		return progressFrame(e.Number, d)
	case dictumal.EventStatus:
	}
	d.Status = e.Status
	return statusFrame(e.Number, d)
}

func statusFrame(number int64, d dictumal.Deployment) ([]byte, error) {
	return encode(number, "status", StatusEvent{d.ID, d.Status, present(d.IP), d.Failure, d.Warning})
}

func progressFrame(number int64, d dictumal.Deployment) ([]byte, error) {
	return encode(number, "progress", ProgressEvent{d.ID, shapeProgress(d)})
}

func encode(number int64, name string, data any) ([]byte, error) {
	text, err := json.Marshal(data)
	return fmt.Appendf(nil, "id: %d\nevent: %s\ndata: %s\n\n", number, name, text), err
}
