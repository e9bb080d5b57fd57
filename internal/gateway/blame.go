package gateway

import (
	"errors"

	"github.com/dictumal/dictumal/internal/gateway/rfb"
	"github.com/dictumal/dictumal/internal/machine"
)

// The endings for which a machine is to blame.
var (
	EndGarbled = Ending{CodeUnreachable, "The machine's VNC server does not keep to the protocol."}
	EndDeaf    = Ending{CodeLost, "The machine no longer takes what is sent to it."}
)

// Private

// unreached says why a machine's desktop could not be reached. What the machine
// itself says about it is for the log alone.
func unreached(err error) error {
	why := EndUnreachable
	if errors.Is(err, machine.ErrHostKeyChanged) {
		why = EndHostKey
	}
	if _, garbled := errors.AsType[*rfb.Error](err); garbled {
		why = EndGarbled
	}
	if fault, ok := errors.AsType[*machine.FaultError](err); ok {
		why = endingOf(fault)
	}
	return errors.Join(why.Err(), err)
}

// endingOf is final for machines that misbehave. What a way that hung for a moment
// looks like from here is not: the machine may come back.
func endingOf(fault *machine.FaultError) Ending {
	if errors.Is(fault, machine.ErrSilent) || errors.Is(fault, machine.ErrClinging) {
		return Ending{CodeLost, fault.Sentence}
	}
	return Ending{CodeProtocol, fault.Sentence}
}
