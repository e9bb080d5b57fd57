package web

import "github.com/dictumal/dictumal"

// Checks is what the probes of a machine's services say, and how to read it.
type Checks struct {
	Rows []CheckRow
	Note string
}

// CheckRow is one probe.
type CheckRow struct {
	Check dictumal.Check
	Words string
	Up    bool
	State State
}

// Private

// newChecks is empty where there is nothing to be reached, now or ever.
func newChecks(d dictumal.Deployment) Checks {
	refused := d.Status == dictumal.Errored && d.IP == ""
	if refused || d.Status == dictumal.Destroying || d.Status == dictumal.Destroyed {
		return Checks{}
	}
	checks := Checks{Note: "The desktop is active once a picture of its screen has come, with a desktop in it."}
	if d.Stream == dictumal.Guacamole {
		checks.Note = "The desktop is active once Guacamole answers over HTTPS; a VNC socket that does not answer blocks nothing."
	}
	for _, check := range dictumal.Checks(d.Stream) {
		up := d.Progress.Checks[check]
		checks.Rows = append(checks.Rows, CheckRow{Check: check, Words: checkWords(check), Up: up, State: newCheckState(up, d.Status)})
	}
	return checks
}

func checkWords(check dictumal.Check) string {
	switch check {
	case dictumal.CheckVNC5901:
		return "VNC socket"
	case dictumal.CheckHTTP80:
		return "Web server"
	case dictumal.CheckGuacHTTP:
		return "Guacamole"
	case dictumal.CheckGuacHTTPS:
		return "Guacamole over HTTPS"
	case dictumal.CheckSSH22:
		return "Secure shell"
	case dictumal.CheckFramebuffer:
		return "Picture of the screen"
	case dictumal.CheckDesktop:
		return "Desktop"
	}
	return string(check)
}

func newCheckState(up bool, status dictumal.Status) State {
	switch {
	case up:
		return State{"Answers", "●", "running"}
	case status == dictumal.Errored:
		return State{"No answer", "▲", "failed"}
	case status == dictumal.Active:
		return State{"No answer", "○", "gone"}
	}
	return State{"Not yet", "◐", "working"}
}
