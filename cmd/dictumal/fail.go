package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/client"
	"github.com/dictumal/dictumal/internal/config"
)

// misfit is a file whose content was refused.
type misfit struct {
	file   string
	faults []dictumal.Fault
	cause  error
}

func (m *misfit) Error() string {
	lines := make([]string, len(m.faults))
	for i, fault := range m.faults {
		lines[i] = fmt.Sprintf("%s:%d:%d: %s", m.file, fault.Line, fault.Column, fault.Message)
		if fault.Line == 0 {
			lines[i] = fmt.Sprintf("%s: %s", m.file, fault.Message)
		}
	}
	return strings.Join(lines, "\n")
}

func (m *misfit) Unwrap() error { return m.cause }

// Private

// failure is an error as programs read it.
type failure struct {
	Error  string           `json:"error"`
	Faults []dictumal.Fault `json:"faults,omitempty"`
}

// fail tells people, or programs, what went wrong.
func (w *world) fail(err error) {
	if !w.json {
		_, _ = fmt.Fprintln(w.stderr, explain(err)) // there is nobody left to tell
		return
	}
	told := failure{Error: explain(err)}
	if m, ok := errors.AsType[*misfit](err); ok {
		told.Faults = m.faults
	} else if p, ok := errors.AsType[*client.AnswerError](err); ok {
		told.Faults = p.Errors
	}
	_ = json.NewEncoder(w.stderr).Encode(told)
}

// explain says what happened and what to do next.
func explain(err error) string {
	if faults, ok := errors.AsType[config.FaultsError](err); ok {
		return "The configuration is not valid:\n  " + strings.Join(faults, "\n  ")
	}
	if m, ok := errors.AsType[*misfit](err); ok {
		return m.Error()
	}
	if refusal, ok := errors.AsType[*dictumal.Refusal](err); ok {
		return strings.TrimSpace(refusal.Error() + " " + refusal.NextStep)
	}
	if told, ok := errors.AsType[*dictumal.Error](err); ok && told.Cause != nil {
		return told.Message + "\n  " + told.Cause.Error()
	}
	if errors.Is(err, client.ErrNoServer) {
		return sentence(err.Error()) + " Start one with: dictumal serve, or: dictumal up FILE"
	}
	return err.Error()
}
