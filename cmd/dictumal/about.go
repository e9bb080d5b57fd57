package main

import (
	"runtime"

	"github.com/dictumal/dictumal/internal/licenses"
)

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(w *world) error {
	return w.answer(struct {
		Version string `json:"version"`
		Go      string `json:"go"`
	}{version, runtime.Version()}, func() { w.say("dictumal %s", version) })
}

type licensesCommand struct{}

// Run prints the licences of everything in the binary.
func (licensesCommand) Run(w *world) error {
	text, err := licenses.Text()
	if err != nil {
		return err
	}
	return w.answer(struct {
		Licenses string `json:"licenses"`
	}{text}, func() { w.say("%s", text) })
}
