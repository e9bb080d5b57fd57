package dictumal

// Stage names how far a deployment has come. The names are shown to machines;
// [Stage.Words] is for people.
type Stage string

// The stages, in order. StartingGuacamole and ConfiguringHTTPS belong to the
// guacamole stream, StartingDesktop and SecuringStream to the native one.
const (
	ProvisioningDroplet Stage = "provisioning-droplet"
	WaitingForIP        Stage = "waiting-for-ip"
	InstallingPackages  Stage = "installing-packages"
	StartingGuacamole   Stage = "starting-guacamole"
	StartingDesktop     Stage = "starting-desktop"
	ConfiguringHTTPS    Stage = "configuring-https"
	SecuringStream      Stage = "securing-stream"
	FinalHealthCheck    Stage = "final-health-check"
	StageActive         Stage = "active"
)

// Stages lists the stages that a deployment with the stream passes, in order.
func Stages(stream Stream) []Stage {
	if stream == Guacamole {
		return []Stage{
			ProvisioningDroplet, WaitingForIP, InstallingPackages,
			StartingGuacamole, ConfiguringHTTPS, FinalHealthCheck, StageActive,
		}
	}
	return []Stage{
		ProvisioningDroplet, WaitingForIP, InstallingPackages,
		StartingDesktop, SecuringStream, FinalHealthCheck, StageActive,
	}
}

// Percent is how much of the way is done, 0 to 100. An unknown stage is 0.
func (s Stage) Percent() int {
	switch s {
	case ProvisioningDroplet:
		return 22
	case WaitingForIP:
		return 35
	case InstallingPackages:
		return 48
	case StartingGuacamole, StartingDesktop:
		return 62
	case ConfiguringHTTPS, SecuringStream:
		return 78
	case FinalHealthCheck:
		return 92
	case StageActive:
		return 100
	}
	return 0
}

// Words is the stage as a person reads it.
func (s Stage) Words() string {
	switch s {
	case ProvisioningDroplet:
		return "Creating the machine"
	case WaitingForIP:
		return "Waiting for an address"
	case InstallingPackages:
		return "Installing packages"
	case StartingGuacamole:
		return "Starting Guacamole"
	case StartingDesktop:
		return "Starting the desktop"
	case ConfiguringHTTPS:
		return "Configuring HTTPS"
	case SecuringStream:
		return "Securing the stream"
	case FinalHealthCheck:
		return "Final health check"
	case StageActive:
		return "Active"
	}
	return string(s)
}

// Check names one probe of a machine's services.
type Check string

// The probes: four for the guacamole stream, three for the native one.
const (
	CheckVNC5901     Check = "vnc5901"
	CheckHTTP80      Check = "http80"
	CheckGuacHTTP    Check = "guacHttp8080"
	CheckGuacHTTPS   Check = "guacHttps443"
	CheckSSH22       Check = "ssh22"
	CheckFramebuffer Check = "rfb"
	CheckDesktop     Check = "desktop"
)

// Checks lists the probes of a deployment with the stream.
func Checks(stream Stream) []Check {
	if stream == Guacamole {
		return []Check{CheckVNC5901, CheckHTTP80, CheckGuacHTTP, CheckGuacHTTPS}
	}
	return []Check{CheckSSH22, CheckFramebuffer, CheckDesktop}
}

// Progress is what a person who waits is shown.
type Progress struct {
	Stage  Stage
	Checks map[Check]bool
}

// Advance returns the stages passed on the way from the present one to next,
// next included, in order. It is empty where next lies behind: progress never
// goes back.
func (p Progress) Advance(stream Stream, next Stage) []Stage {
	var passed []Stage
	for _, stage := range Stages(stream) {
		if stage.Percent() > p.Stage.Percent() && stage.Percent() <= next.Percent() {
			passed = append(passed, stage)
		}
	}
	return passed
}
