package dictumal

import (
	"strings"
	"time"
)

// Deed is a line of the audit log: who did what to what, from where, and what came of it.
type Deed struct {
	Number int64 // counts up; given by the log
	At     time.Time
	// Actor is the id of a user; empty: somebody who is not known, or this program.
	Actor string
	Email string
	Via   Via
	From  string // address; empty: from this program, or not known
	// Action is what was asked for, such as "deployment.destroy".
	Action string
	Object string // id of what it was done to; empty: nothing in particular, or no id
	Result Result
	Detail string // a sentence or less; never a secret
}

// Via is by which way somebody came in.
type Via string

// The ways.
const (
	ViaSession   Via = "session"
	ViaToken     Via = "token"
	ViaSocket    Via = "socket" // the command line on the same host
	ViaProgram   Via = "program"
	ViaAnonymous Via = "anonymous"
)

// Result is what came of a deed.
type Result string

// The results.
const (
	ResultDone    Result = "done"
	ResultRefused Result = "refused" // not allowed, not valid, or not possible now
	ResultFailed  Result = "failed"  // the program's own fault
)

// SocketToken is what principals have for a token who came in by the command line's socket.
const SocketToken = "control.sock"

// Deed writes down what a principal has asked for, and what came of it.
func (p Principal) Deed(action, object string, err error) Deed {
	d := Deed{
		At: time.Now().UTC(), Actor: p.User.ID, Email: p.User.Email, Via: p.via(), From: p.From,
		Action: action, Object: object, Result: ResultDone,
	}
	if err != nil {
		d.Result, d.Detail, d.Object = ResultRefused, refusal(err), named(object)
		if ErrorCode(err) == CodeInternal {
			d.Result = ResultFailed
		}
	}
	return d
}

// Private

// refusal is why something was not done. What is wrong with an input is told to who
// has sent it, and quotes it: somebody may have typed a password into the wrong field,
// and the log is for ever.
func refusal(err error) string {
	if code := ErrorCode(err); code == CodeInvalid || code == CodeMalformed {
		return "What was asked for is not valid."
	}
	return ErrorMessage(err)
}

// named is the object of something that was not done, where it looks like an id or a
// short name of ours. Anything else is what somebody has typed.
func named(object string) string {
	id := len(object) <= 26 && strings.Trim(object, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
	name := len(object) <= 6 && strings.Trim(object, "abcdefghijklmnopqrstuvwxyz") == ""
	if id || name {
		return object
	}
	return ""
}

func (p Principal) via() Via {
	switch {
	case p.Token == SocketToken:
		return ViaSocket
	case p.Token != "":
		return ViaToken
	case p.Session != "":
		return ViaSession
	}
	return ViaAnonymous
}
