package web

import (
	"errors"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/problem"
)

func newErrorPage(frame Frame, err error) ErrorPage {
	code := dictumal.ErrorCode(err)
	page := ErrorPage{Frame: frame, Status: problem.Status(code), Heading: headingOf(code), Sentence: dictumal.ErrorMessage(err)}
	page.Title = page.Heading
	if faults := faultsOf(err); len(faults) > 1 {
		page.Faults = faults
	}
	page.Actions = []Link{{Words: "To your instances", URL: "/instances", Primary: true}, {Words: "To your constitutions", URL: "/constitutions"}}
	if code == dictumal.CodeUnauthorized {
		page.Sentence = "Sign in to go on. What you were writing is kept in this browser."
	}
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
	case dictumal.CodeTooMany:
		return "Too often"
	case dictumal.CodeUnavailable:
		return "Not available at the moment"
	case dictumal.CodeInternal:
	}
	return "That went wrong"
}
