package dictumal

// Where things stand on every machine. The bootstrap puts them there, and the
// control plane reaches for them through SSH.
const (
	LogPath          = "/var/log/dictumal-init.log"
	ConstitutionPath = "/etc/dictumal/constitution.md"

	// VNCSocket is the native stream's VNC server; VNCPort on loopback is the
	// guacamole stream's.
	VNCSocket = "/run/dictumal/vnc.sock"
	VNCPort   = 5901
	// GuacamolePort on loopback is Guacamole itself, behind the machine's nginx.
	GuacamolePort = 8080

	// ProbeCommand prints in one JSON object how far the machine has come.
	ProbeCommand = "/usr/lib/dictumal/probe"
	// CertificateCommand with "request" prints a certificate request of the
	// machine's own key; with "install" it takes the certificate on its input and
	// opens HTTPS with it.
	CertificateCommand = "/usr/lib/dictumal/certificate"
)
