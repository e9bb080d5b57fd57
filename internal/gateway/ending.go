package gateway

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/coder/websocket"

	"github.com/dictumal/dictumal/internal/gateway/rfb"
	"github.com/dictumal/dictumal/internal/machine"
)

// The codes with which a viewer's WebSocket is closed. The viewer's page knows
// them: some mean that it may come back, and some that there is nothing to come
// back to.
const (
	CodeShutdown                         = websocket.StatusServiceRestart
	CodeDestroyed   websocket.StatusCode = 4001
	CodeRevoked     websocket.StatusCode = 4002
	CodeUnreachable websocket.StatusCode = 4003
	CodeHostKey     websocket.StatusCode = 4004
	CodeProtocol    websocket.StatusCode = 4005
	CodeLost        websocket.StatusCode = 4006
	CodeSlow        websocket.StatusCode = 4409
	CodeTooMany     websocket.StatusCode = 4429
)

// Ending is why a stream has ended: a code for the page, a sentence for the person.
type Ending struct {
	Code   websocket.StatusCode
	Reason string
}

// Err is the ending as an error: as the cause of a request's end, it is what
// the viewer is told.
func (e Ending) Err() error { return &endingError{e} }

// The endings that say nothing about a particular case.
var (
	EndShutdown    = Ending{CodeShutdown, "The server is restarting; the desktop goes on."}
	EndDestroyed   = Ending{CodeDestroyed, "This desktop has been destroyed."}
	EndRevoked     = Ending{CodeRevoked, "You may no longer see this desktop."}
	EndChanged     = Ending{CodeRevoked, "What you may do with this desktop has changed. Open it again."}
	EndUnreachable = Ending{CodeUnreachable, "The machine does not answer at the moment."}
	EndHostKey     = Ending{CodeHostKey, "Another machine answers at this desktop's address. Nothing was sent to it."}
	EndLost        = Ending{CodeLost, "The machine has ended the stream."}
	EndSlow        = Ending{CodeSlow, "The connection was too slow to carry the desktop."}
)

// EndTooMany is for a viewer beyond as many as one account may have.
func EndTooMany(most int) Ending {
	return Ending{CodeTooMany, fmt.Sprintf("As many desktops are open as one account may have (%d); close one, and this one opens by itself.", most)}
}

// Words are those that streams end with, for those who count them: of each code one,
// and one for viewers who left.
func Words() []string { return append(slices.Sorted(maps.Values(words)), wordLeft) }

// Private

const wordLeft = "left"

var words = map[websocket.StatusCode]string{
	CodeShutdown: "shutdown", CodeDestroyed: "destroyed", CodeRevoked: "revoked", CodeUnreachable: "unreachable",
	CodeHostKey: "host-key", CodeProtocol: "protocol", CodeLost: "lost", CodeSlow: "slow",
	CodeTooMany: "too-many",
}

func (e Ending) word() string { return words[e.Code] }

type endingError struct{ ending Ending }

func (e *endingError) Error() string { return e.ending.Reason }

// ending finds what a viewer is told about an error.
func ending(err error) Ending {
	if told, ok := errors.AsType[*endingError](err); ok {
		return told.ending
	}
	if fault, ok := errors.AsType[*machine.FaultError](err); ok {
		return endingOf(fault)
	}
	if fault, ok := errors.AsType[*rfb.Error](err); ok {
		return Ending{Code: CodeProtocol, Reason: fault.Sentence}
	}
	return EndLost
}
