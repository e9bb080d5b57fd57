package web

import (
	"errors"
	"net/http"

	"github.com/dictumal/dictumal"
)

func newErrorPage(frame Frame, err error) ErrorPage {
	code := dictumal.ErrorCode(err)
	page := ErrorPage{Frame: frame, Status: statusOf(code), Heading: headingOf(code), Sentence: dictumal.ErrorMessage(err)}
	page.Title = page.Heading
	if faults := faultsOf(err); len(faults) > 1 {
		page.Faults = faults
	}
	page.Actions = []Link{{Words: "To your instances", URL: "/instances", Primary: true}, {Words: "To your constitutions", URL: "/constitutions"}}
	if code == dictumal.CodeUnauthorized || frame.User == "" {
		page.Actions = []Link{{Words: "Sign in", URL: "/sign-in", Primary: true}}
	}
	return page
}

// Private

func faultsOf(err error) []dictumal.Fault {
	if e, ok := errors.AsType[*dictumal.Error](err); ok {
		return e.Faults
	}
	return nil
}

func statusOf(code dictumal.Code) int {
	switch code {
	case dictumal.CodeMalformed:
		return http.StatusBadRequest
	case dictumal.CodeUnauthorized:
		return http.StatusUnauthorized
	case dictumal.CodeForbidden:
		return http.StatusForbidden
	case dictumal.CodeNotFound:
		return http.StatusNotFound
	case dictumal.CodeConflict:
		return http.StatusConflict
	case dictumal.CodeStale:
		return http.StatusPreconditionFailed
	case dictumal.CodeInvalid:
		return http.StatusUnprocessableEntity
	case dictumal.CodeUnavailable:
		return http.StatusServiceUnavailable
	case dictumal.CodeInternal:
	}
	return http.StatusInternalServerError
}

func headingOf(code dictumal.Code) string {
	switch code {
	case dictumal.CodeMalformed:
		return "That could not be read"
	case dictumal.CodeUnauthorized:
		return "You are not signed in"
	case dictumal.CodeForbidden:
		return "That is not for you"
	case dictumal.CodeNotFound:
		return "Not in the register"
	case dictumal.CodeConflict:
		return "Not now"
	case dictumal.CodeStale:
		return "It has changed meanwhile"
	case dictumal.CodeInvalid:
		return "That does not fit"
	case dictumal.CodeUnavailable:
		return "Not available at the moment"
	case dictumal.CodeInternal:
	}
	return "That went wrong"
}
