package bootstrap

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/dictumal/dictumal"
)

// orders is what the bootstrap program on the machine reads.
type orders struct {
	Deployment string   `json:"deployment"`
	Title      string   `json:"title"`
	Packages   []string `json:"packages"`
	Sudo       bool     `json:"sudo"`
	// Files holds the paths; the content of each lies beside, under its number. As
	// it stands in the document too, packing then finds it twice and keeps it once.
	Files  []string `json:"files"`
	Stream string   `json:"stream"`
	Images []string `json:"images"` // of containers, fetched before they are run
}

func deploymentFiles(in Input) ([]File, error) {
	order, err := encode(newOrders(in))
	if err != nil {
		return nil, err
	}
	autostart, err := encode(append([][]string{}, in.Policy.Software.Autostart...))
	if err != nil {
		return nil, err
	}
	files := []File{
		{dictumal.ConstitutionPath, 0o644, []byte(in.Document)},
		{"/etc/dictumal/machine.json", 0o600, order},
		{"/etc/dictumal/autostart.json", 0o644, autostart},
		{"/etc/dictumal/desktop.env", 0o644, []byte(desktopSettings(in))},
	}
	for number := range in.Policy.Software.Autostart {
		files = append(files, autostartEntry(number))
	}
	for number, file := range in.Policy.Software.Files {
		path := fmt.Sprintf("/var/lib/dictumal/payload/files/%d", number)
		files = append(files, File{path, 0o600, []byte(file.Content)})
	}
	if in.Stream == dictumal.Guacamole {
		files = append(files, in.Guacamole.files()...)
	}
	return files, nil
}

func newOrders(in Input) orders {
	order := orders{
		Deployment: in.Hostname,
		Title:      in.Policy.Title,
		Packages:   append([]string{}, in.Policy.Software.Packages...),
		Sudo:       in.Policy.Privileges.Sudo,
		Files:      []string{},
		Stream:     string(in.Stream),
		Images:     []string{},
	}
	if in.Stream == dictumal.Guacamole {
		order.Images = []string{in.Guacamole.GuacdImage, in.Guacamole.GuacamoleImage}
	}
	for _, file := range in.Policy.Software.Files {
		order.Files = append(order.Files, file.Path)
	}
	return order
}

func encode(value any) ([]byte, error) {
	text, err := json.MarshalIndent(value, "", " ")
	if err != nil {
		return nil, fmt.Errorf("encode the orders for the machine: %w", err)
	}
	return append(text, '\n'), nil
}

// desktopSettings is the display server's environment: how large the desktop is
// when it starts, where it listens, and what the server itself refuses. The gateway
// refuses the same outside the machine, where nobody on it can change that, but for
// text on its way out: that nothing may be overridden keeps programs of the
// desktop's user from allowing it again.
func desktopSettings(in Input) string {
	policy := in.Policy
	width, height := policy.Machine.Resolution.Width, policy.Machine.Resolution.Height
	if width <= 0 || height <= 0 {
		width, height = 1440, 900
	}
	viewer := policy.Stream.Control != dictumal.ControlViewOnly
	rights := []string{
		allow("SendCutText", policy.Stream.Clipboard.MayCopy()),
		allow("AcceptCutText", policy.Stream.Clipboard.MayPaste() && viewer),
		allow("AcceptKeyEvents", viewer),
		allow("AcceptPointerEvents", viewer),
		allow("AcceptSetDesktopSize", viewer),
		"-AllowOverride=",
	}
	settings := fmt.Sprintf("GEOMETRY=%dx%d\nRIGHTS=%s\n", width, height, strings.Join(rights, " "))
	if in.Stream == dictumal.Guacamole {
		// Without more the display listens on a socket that root alone may enter.
		settings += fmt.Sprintf("LISTEN=-rfbport %d -localhost=1 -SecurityTypes VncAuth -rfbauth %s\n",
			dictumal.VNCPort, passwordPath)
	}
	return settings
}

func allow(parameter string, allowed bool) string {
	if allowed {
		return "-" + parameter + "=1"
	}
	return "-" + parameter + "=0"
}

// autostartEntry names a command by its number only, so that no word of it needs
// the quoting rules of desktop entries.
func autostartEntry(number int) File {
	text := fmt.Sprintf("[Desktop Entry]\nType=Application\nName=Program %d of the constitution\n"+
		"Exec=/usr/lib/dictumal/autostart %d\nTerminal=false\n", number+1, number)
	return File{fmt.Sprintf("/etc/xdg/dictumal/autostart/dictumal-%02d.desktop", number), 0o644, []byte(text)}
}
