package main

import (
	"errors"
	"slices"
	"time"

	"github.com/dictumal/dictumal/internal/app"
	"github.com/dictumal/dictumal/internal/config"
	"github.com/dictumal/dictumal/internal/host"
)

type doctorCommand struct{}

// diagnosis is what doctor has to tell.
type diagnosis struct {
	Settings []config.Setting `json:"settings"`
	Findings []host.Finding   `json:"findings"`
	SignIn   []host.Finding   `json:"signIn,omitempty"` // by identity providers
	TLS      []host.Finding   `json:"tls,omitempty"`    // the certificate
	Database []host.Finding   `json:"database,omitempty"`
}

// Run tells what is missing on this host and how to get it.
func (doctorCommand) Run(w *world) error {
	cfg, err := w.config()
	if err != nil {
		return err
	}
	told := diagnosis{
		Settings: cfg.Describe(), Findings: w.examine(cfg), SignIn: app.ExamineSignIn(w.ctx, cfg),
		TLS: app.ExamineCertificate(cfg, time.Now()), Database: app.ExamineDatabase(w.ctx, cfg),
	}
	if err := w.answer(told, func() { w.tell(told) }); err != nil {
		return err
	}
	if !healthy(told.Database) {
		return errors.New("no rows can be kept in the database; what to do stands above")
	}
	if !healthy(told.SignIn) {
		return errors.New("nobody can sign in by an identity provider; what to do stands above")
	}
	if !healthy(told.TLS) {
		return errors.New("browsers refuse the certificate, or soon will; what to do stands above")
	}
	if !healthy(told.Findings) {
		if cfg.Provider == "digitalocean" {
			return errors.New("machines cannot be made at DigitalOcean; what to do stands above")
		}
		return errors.New("something is missing on this host; most of it comes with: dictumal setup")
	}
	return nil
}

// Private

func healthy(all []host.Finding) bool {
	return !slices.ContainsFunc(all, func(found host.Finding) bool { return !found.OK })
}

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
	if len(told.Database) > 0 {
		w.list("Database", told.Database)
	}
	w.list("Machines", told.Findings)
	if len(told.SignIn) > 0 {
		w.list("Sign-in", told.SignIn)
	}
	if len(told.TLS) > 0 {
		w.list("TLS", told.TLS)
	}
}

func (w *world) list(what string, all []host.Finding) {
	w.say("\n%s", what)
	for _, found := range all {
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
