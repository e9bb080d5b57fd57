package web

import (
	"encoding/json"
	"time"

	"github.com/dictumal/dictumal"
)

// DesktopPage is the viewer's page. For those who have no right to the desktop,
// or none yet, it holds the id and nothing else: the code that gives the right
// stands in the address's fragment, which only the browser sees.
type DesktopPage struct {
	Frame
	ID        string
	Open      bool // the principal may see the desktop; the fields below are set
	Shared    bool // it is somebody else's
	Desktop   string
	Status    dictumal.Status
	Control   dictumal.Control
	Clipboard dictumal.Clipboard
	Lifetime  string // a [DesktopLifetime]; empty: it does not end by itself
	Why       string // it has ended; empty: it has not
	WS        string // path of the WebSocket
	Session   string // path that a launch code is posted to
	Leave     string // where Leave leads
}

// DesktopLifetime is what the viewer's script knows of the end.
type DesktopLifetime struct {
	Now       time.Time         `json:"now"` // by the server's clock, which counts
	Ends      time.Time         `json:"ends"`
	Clause    dictumal.Clause   `json:"clause"`
	Extend    *Extension        `json:"extend"` // null: it cannot be extended, or not by this person
	Reminders []DesktopReminder `json:"reminders"`
}

// DesktopReminder is a sentence that is shown at its time.
type DesktopReminder struct {
	At   time.Time `json:"at"`
	Tone string    `json:"tone"`
	Text string    `json:"text"`
}

func newDesktopPage(frame Frame, id string, d *dictumal.Deployment, look Surroundings, why string) DesktopPage {
	page := DesktopPage{Frame: frame, ID: id, Session: "/desktop/" + id + "/session", Leave: "/instances"}
	page.Title = "Desktop"
	if d == nil {
		return page
	}
	page.Open, page.Title, page.Desktop = true, d.Constitution.Title, d.Constitution.Title
	page.Status, page.Control, page.Clipboard = d.Status, d.Policy.Stream.Control, d.Policy.Stream.Clipboard
	page.WS, page.Leave = "/desktop/"+id+"/ws", "/instances/"+id
	page.Lifetime, page.Why = desktopLifetime(*d, look), why
	return page
}

// Private

func desktopLifetime(d dictumal.Deployment, look Surroundings) string {
	ending, ends := d.Ending()
	if !ends || !d.Status.Live() {
		return ""
	}
	l := DesktopLifetime{Now: look.Now, Ends: ending.At, Clause: ending.Clause, Extend: look.extension(d), Reminders: []DesktopReminder{}}
	for _, r := range news(d, look.Now) {
		at := r.At
		if look.Now.After(at) {
			at = look.Now
		}
		l.Reminders = append(l.Reminders, DesktopReminder{At: r.At, Tone: reminderTone(r, d), Text: reminderText(r, d, at)})
	}
	text, err := json.Marshal(l)
	if err != nil {
		panic(err) // times and text
	}
	return string(text)
}
