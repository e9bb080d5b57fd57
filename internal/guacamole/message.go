package guacamole

import (
	"strconv"

	"github.com/dictumal/dictumal"
)

// Private

// message is a login as Guacamole reads it, which refuses the whole of one with
// a field that it does not know.
type message struct {
	Username    string                `json:"username"`
	Expires     int64                 `json:"expires"` // milliseconds since 1970
	SingleUse   bool                  `json:"singleUse"`
	Connections map[string]connection `json:"connections"`
}

type connection struct {
	Protocol   string     `json:"protocol"`
	Parameters parameters `json:"parameters"`
}

// parameters are all text, whatever they mean.
type parameters struct {
	Hostname      string `json:"hostname"`
	Port          string `json:"port"`
	Password      string `json:"password"`
	Encodings     string `json:"encodings"`
	QualityLevel  string `json:"quality-level"`
	CompressLevel string `json:"compress-level"`
	Autoretry     string `json:"autoretry"`
	ReadOnly      string `json:"read-only,omitempty"`
	DisableCopy   string `json:"disable-copy,omitempty"`
	DisablePaste  string `json:"disable-paste,omitempty"`
}

// message has no username: under one, the browser would keep the session and
// take the next launch for more of the same, until it has nothing left to show.
func (l Login) message() message {
	c := l.Connection
	return message{
		Expires:   l.Expires.UnixMilli(),
		SingleUse: true,
		Connections: map[string]connection{c.Name: {Protocol: "vnc", Parameters: parameters{
			Hostname:  "127.0.0.1",
			Port:      strconv.Itoa(dictumal.VNCPort),
			Password:  c.Password,
			Encodings: "tight copyrect", // Guacamole's own choice is without Tight
			// Between two programs on one machine bytes are cheap and time is not.
			QualityLevel:  "8",
			CompressLevel: "1",
			Autoretry:     "5", // the display may be starting again
			ReadOnly:      when(c.ReadOnly),
			DisableCopy:   when(c.NoCopy),
			DisablePaste:  when(c.NoPaste),
		}}},
	}
}

func when(set bool) string {
	if set {
		return "true"
	}
	return ""
}
