package reconcile

import (
	"fmt"
	"strings"
	"time"

	"github.com/dictumal/dictumal"
)

const deployAgain = "Destroy this deployment, and deploy again."

// Private

// fail gives the deployment up and says why. Where no machine can exist nothing
// is left to be removed.
func (s *step) fail(failure *dictumal.Failure) {
	s.row.Failure, s.row.Warning = failure, nil
	s.become(dictumal.Errored, failure.Cause)
	if !s.mayHaveMachine() {
		s.gone()
	}
}

func (s *step) failProvisioning() {
	cause := fmt.Sprintf("%s did not bring the machine up within %s.", s.provider(), words(provisioningTimeout))
	if s.row.Warning != nil {
		cause += " The last that was heard of it: " + s.row.Warning.Cause
	}
	s.fail(&dictumal.Failure{
		Reason: dictumal.ReasonProvisioningTimeout, Cause: cause,
		NextStep: "See whether the provider has trouble, then destroy this deployment and deploy again.",
	})
}

func (s *step) failElsewhere() {
	s.fail(&dictumal.Failure{
		Reason:   dictumal.ReasonProviderMissing,
		Cause:    fmt.Sprintf("The machine was ordered from %s, and this server makes its machines at %s now.", s.row.Provider, s.provider()),
		NextStep: deployAgain,
	})
}

func (s *step) failConfiguring(tail string) {
	cause := fmt.Sprintf("The desktop was not ready within %s; the machine's %s says why.",
		words(s.ConfiguringTimeout), dictumal.LogPath)
	if s.memo.trouble != nil {
		cause += fmt.Sprintf(" The last look into it failed: %s.", strings.TrimRight(s.memo.trouble.Error(), "."))
	}
	if tail != "" {
		cause += " Its last lines:\n" + tail
	}
	s.fail(&dictumal.Failure{
		Reason: dictumal.ReasonConfiguringTimeout, Cause: cause,
		NextStep: "Read the boot log for what took so long, then destroy this deployment and deploy again.",
	})
}

func (s *step) failOff() {
	s.fail(&dictumal.Failure{
		Reason:   dictumal.ReasonMachineOff,
		Cause:    fmt.Sprintf("The machine was off, was started again, and was still off %s later.", words(offTimeout)),
		NextStep: deployAgain,
	})
}

func (s *step) failVanished() {
	s.gone()
	s.fail(&dictumal.Failure{
		Reason:   dictumal.ReasonMachineVanished,
		Cause:    fmt.Sprintf("The machine is gone: %s no longer has it, and it was not removed from here.", s.provider()),
		NextStep: "Find out who removed it, then destroy this deployment and deploy again.",
	})
}

func (s *step) failHostKey() {
	s.fail(&dictumal.Failure{
		Reason:   dictumal.ReasonHostKeyChanged,
		Cause:    "The machine answers with another host key than the one it was made with, so it cannot be trusted.",
		NextStep: "Find out what changed its key or who took its address, then destroy this deployment and deploy again.",
	})
}

func (s *step) failDesktop(dialogs []string) {
	cause := fmt.Sprintf("The machine is up, but its desktop did not appear within %s.", words(facelessTimeout))
	if len(dialogs) > 0 {
		cause += " It shows: " + strings.Join(dialogs, "; ") + "."
	}
	s.fail(&dictumal.Failure{
		Reason: dictumal.ReasonDesktopFailed, Cause: cause,
		NextStep: "Look at what the constitution installs and starts, then destroy this deployment and deploy again.",
	})
}

// provider is the provider's name as people write it.
func (s *step) provider() string { return dictumal.ProviderTitle(s.Provider.Traits().Name) }

// words writes a duration as people say it.
func words(d time.Duration) string { return dictumal.Span(d) }
