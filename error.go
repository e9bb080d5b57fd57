package dictumal

import (
	"errors"
	"strings"
	"time"
)

// Code says what kind of error it is, for machines.
type Code string

// The codes. Each has one HTTP status.
const (
	CodeMalformed    Code = "malformed"    // 400: not readable as what it should be
	CodeUnauthorized Code = "unauthorized" // 401: no session, no token
	CodeForbidden    Code = "forbidden"    // 403: known, and refused
	CodeNotFound     Code = "not-found"    // 404: missing, or someone else's
	CodeConflict     Code = "conflict"     // 409: not in this state
	CodeStale        Code = "stale"        // 412: changed meanwhile
	CodeInvalid      Code = "invalid"      // 422: understood, but wrong
	CodeTooMany      Code = "too-many"     // 429: come back after a while
	CodeInternal     Code = "internal"     // 500
	CodeUnavailable  Code = "unavailable"  // 503: come back later
)

// Error is an answer to somebody who asked for something: a code for machines, a
// sentence for people that says what to do next, and the cause for logs.
type Error struct {
	Code    Code
	Message string
	Faults  []Fault
	Retry   time.Duration // how long to wait before asking again; 0: not known
	Cause   error
}

// Fault is one thing that is wrong with an input. Line and column count from 1;
// zero means that the fault has no place in a text.
type Fault struct {
	Location string `json:"location"`
	Line     int    `json:"line,omitempty"`
	Column   int    `json:"column,omitempty"`
	Message  string `json:"message"`
}

// NewError makes an error with a code and a sentence.
func NewError(code Code, message string) *Error { return &Error{Code: code, Message: message} }

// Invalid makes the error of an input with faults; its message is the first of them.
func Invalid(faults ...Fault) *Error {
	e := &Error{Code: CodeInvalid, Message: "The input is not valid.", Faults: faults}
	if len(faults) > 0 {
		e.Message = faults[0].Message
	}
	return e
}

// Error is the sentence with the cause, for logs.
func (e *Error) Error() string {
	if e.Cause == nil {
		return e.Message
	}
	return strings.TrimSuffix(e.Message, ".") + ": " + e.Cause.Error()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Wrap returns a copy with a cause.
func (e *Error) Wrap(cause error) *Error {
	wrapped := *e
	wrapped.Cause = cause
	return &wrapped
}

// ErrorCode is the code of an error; anything that is not an [*Error] is internal.
func ErrorCode(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return CodeInternal
}

// ErrorMessage is the sentence for people. Of an internal error they see none of
// the details, which may hold secrets.
func ErrorMessage(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Message
	}
	return "Something went wrong on the server. Try again; its log has the details."
}

// The errors that several packages answer with.
var (
	ErrUnauthorized = NewError(CodeUnauthorized, "Unauthorized")
	ErrNotFound     = NewError(CodeNotFound, "There is no such thing here, or it is not yours.")
	ErrNotReady     = NewError(CodeConflict, "Deployment is not ready yet")
	ErrCredentials  = NewError(CodeInternal, "Deployment credentials are unavailable")
	ErrLink         = NewError(CodeForbidden, "This link has been used, has expired or belongs to someone else")
	ErrOneDesktop   = NewError(CodeForbidden, "This session was opened for one desktop only; sign in to do more.")
	ErrBlocked      = NewError(CodeForbidden, "This account is blocked; ask an administrator.")
)
