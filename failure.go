package dictumal

// Failure says why a deployment is in ERROR: a word for machines, and for
// people what happened and what to do next.
type Failure struct {
	Reason   Reason `json:"reason"`
	Cause    string `json:"cause"`
	NextStep string `json:"nextStep"`
}

// Reason is the machine-readable word of a [Failure] or [Refusal].
type Reason string

// The reasons that this program gives.
const (
	ReasonProvisioningTimeout Reason = "provisioning-timeout"
	ReasonConfiguringTimeout  Reason = "configuring-timeout"
	ReasonMachineOff          Reason = "machine-off"
	ReasonMachineVanished     Reason = "machine-vanished"
	ReasonHostKeyChanged      Reason = "host-key-changed"
	ReasonPackageUnknown      Reason = "package-unknown"
	ReasonBootstrapFailed     Reason = "bootstrap-failed"
	ReasonDesktopFailed       Reason = "desktop-failed"
	ReasonProviderRefused     Reason = "provider-refused"
	ReasonProviderMissing     Reason = "provider-missing"
	ReasonProviderTooOld      Reason = "provider-too-old"
	ReasonImageMissing        Reason = "image-missing"
	ReasonNoRoom              Reason = "no-room"
	ReasonQuota               Reason = "quota"
	ReasonIsolationMissing    Reason = "isolation-missing"
	ReasonCredentials         Reason = "provider-credentials"
	ReasonScope               Reason = "provider-scope"
	ReasonAccount             Reason = "provider-account"
	ReasonRateLimited         Reason = "rate-limited"
	ReasonProviderDown        Reason = "provider-unavailable"
	ReasonSizeUnavailable     Reason = "size-unavailable"
)

// Reasons lists every reason.
func Reasons() []Reason {
	return []Reason{
		ReasonProvisioningTimeout, ReasonConfiguringTimeout, ReasonMachineOff, ReasonMachineVanished,
		ReasonHostKeyChanged, ReasonPackageUnknown, ReasonBootstrapFailed, ReasonDesktopFailed,
		ReasonProviderRefused, ReasonProviderMissing, ReasonProviderTooOld, ReasonImageMissing, ReasonNoRoom,
		ReasonQuota, ReasonIsolationMissing, ReasonCredentials, ReasonScope, ReasonAccount, ReasonRateLimited,
		ReasonProviderDown, ReasonSizeUnavailable,
	}
}
