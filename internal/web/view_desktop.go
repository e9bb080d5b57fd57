package web

import "github.com/dictumal/dictumal"

// DesktopPage is the viewer's page. For those who have no right to the desktop,
// or none yet, it holds the id and nothing else: the code that gives the right
// stands in the address's fragment, which only the browser sees.
type DesktopPage struct {
	Frame
	ID        string
	Open      bool // the principal may see the desktop; the fields below are set
	Desktop   string
	Status    dictumal.Status
	Control   dictumal.Control
	Clipboard dictumal.Clipboard
	Expires   string // RFC 3339; empty: never
	WS        string // path of the WebSocket
	Session   string // path that a launch code is posted to
	Leave     string // where Leave leads
}

func newDesktopPage(frame Frame, id string, d *dictumal.Deployment) DesktopPage {
	page := DesktopPage{Frame: frame, ID: id, Session: "/desktop/" + id + "/session", Leave: "/instances"}
	page.Title = "Desktop"
	if d == nil {
		return page
	}
	page.Open, page.Title, page.Desktop = true, d.Constitution.Title, d.Constitution.Title
	page.Status, page.Control, page.Clipboard = d.Status, d.Policy.Stream.Control, d.Policy.Stream.Clipboard
	page.WS, page.Leave = "/desktop/"+id+"/ws", "/instances/"+id
	if ends := newMoment(d.ExpiresAt, d.ExpiresAt); ends != nil {
		page.Expires = ends.Machine
	}
	return page
}
