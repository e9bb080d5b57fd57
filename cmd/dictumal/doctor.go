package main

import (
	"errors"

	"github.com/dictumal/dictumal/internal/app"
	"github.com/dictumal/dictumal/internal/config"
	"github.com/dictumal/dictumal/internal/host"
)

type doctorCommand struct{}

// diagnosis is what doctor has to tell.
type diagnosis struct {
	Settings []config.Setting `json:"settings"`
	Findings []host.Finding   `json:"findings"`
}

// Run tells what is missing on this host and how to get it.
func (doctorCommand) Run(w *world) error {
	cfg, err := w.config()
	if err != nil {
		return err
	}
	told := diagnosis{Settings: cfg.Describe(), Findings: w.examine(cfg)}
	healthy := true
	for _, found := range told.Findings {
		healthy = healthy && found.OK
	}
	if err := w.answer(told, func() { w.tell(told) }); err != nil {
		return err
	}
	if !healthy {
		if cfg.Provider == "digitalocean" {
			return errors.New("machines cannot be made at DigitalOcean; what to do stands above")
		}
		return errors.New("something is missing on this host; most of it comes with: dictumal setup")
	}
	return nil
}

// Private

// examine looks at what machines are made with: this host, or a cloud.
func (w *world) examine(cfg config.Config) []host.Finding {
	if cfg.Provider == "digitalocean" {
		return []host.Finding{app.ExamineCloud(w.ctx, cfg)}
	}
	return host.Doctor(w.ctx, w.host(cfg))
}

func (w *world) tell(told diagnosis) {
	w.say("Settings")
	for _, setting := range told.Settings {
		w.say("  %-36s %s", setting.Name, setting.Value)
	}
	w.say("\nMachines")
	for _, found := range told.Findings {
		mark := "●"
		if !found.OK {
			mark = "▲"
		}
		w.say("  %s %-24s %s", mark, found.Name, found.Detail)
		if !found.OK && found.Fix != "" {
			w.say("    %-24s %s", "", found.Fix)
		}
	}
}
