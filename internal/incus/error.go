package incus

import (
	"errors"
	"net/http"
)

// Error is what the daemon answered instead of doing what it was asked.
type Error struct {
	Code    int // an HTTP status; of a failed operation 400
	Message string
}

// Error gives the daemon's own words.
func (e *Error) Error() string { return e.Message }

// NotFound tells whether the daemon said that there is no such thing.
func NotFound(err error) bool { return hasCode(err, http.StatusNotFound) }

// Conflict tells whether the daemon said that there is such a thing already.
func Conflict(err error) bool { return hasCode(err, http.StatusConflict) }

// Private

func hasCode(err error, code int) bool {
	answer, ok := errors.AsType[*Error](err)
	return ok && answer.Code == code
}
