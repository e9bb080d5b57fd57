// Package incus makes machines as system containers of an Incus daemon on this
// host.
package incus

import (
	"context"
	"strings"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/incus"
	"github.com/dictumal/dictumal/internal/incus/isolation"
)

// The keys that say whose a machine is.
const (
	keyInstallation = "user.dictumal.installation"
	keyDeployment   = "user.dictumal.deployment"
	keyOrder        = "user.dictumal.order"
	keyUserData     = "cloud-init.user-data"
)

// profile is what the host's set-up calls the profile of machines.
const profile = "dictumal"

// Config says which Incus, which image, and whose machines.
type Config struct {
	Socket       string
	Project      string
	Image        string // an alias
	Installation string
	// Observe is told of each call of the daemon's API; it may be nil.
	Observe func(incus.Call)
}

// Provider makes machines in one project of an Incus daemon.
type Provider struct {
	config    Config
	client    *incus.Client
	addresses addresses
	wall      func(ctx context.Context, bridge string) error
	reserve   int64 // bytes that must be free for another machine
}

var (
	_ dictumal.Provider          = (*Provider)(nil)
	_ dictumal.Watcher           = (*Provider)(nil)
	_ dictumal.UserDataForgetter = (*Provider)(nil)
)

// New makes the provider; it asks nothing of the daemon yet.
func New(config Config) *Provider {
	client := incus.New(config.Socket).Project(config.Project)
	if config.Observe != nil {
		client = client.Observed(config.Observe)
	}
	return &Provider{config: config, client: client, wall: isolation.Check, reserve: 1 << 30}
}

// Traits says what is particular to Incus: its list is the truth, so one
// absence is enough.
func (p *Provider) Traits() dictumal.Traits {
	return dictumal.Traits{
		Name:          "incus",
		DefaultStream: dictumal.Native,
		Absences:      1,
		PollEvery:     5 * time.Second,
		SharedKernel:  true,
	}
}

// Private

// ours tells whether a machine is of this installation, by its name and its key.
func (p *Provider) ours(instance incus.Instance) bool {
	return p.ourName(instance.Name) && instance.Config[keyInstallation] == p.config.Installation
}

func (p *Provider) ourName(name string) bool {
	_, ok := dictumal.ParseMachineName(p.config.Installation, name)
	return ok
}

// finish waits for an order that the daemon has taken.
func finish(ctx context.Context, operation *incus.Operation, err error) error {
	if err != nil {
		return err
	}
	return operation.Wait(ctx)
}

// says tells whether the daemon's answer has these words; it has codes for few
// of its errors.
func says(err error, words ...string) bool {
	if err == nil {
		return false
	}
	text := strings.ToLower(err.Error())
	for _, word := range words {
		if strings.Contains(text, strings.ToLower(word)) {
			return true
		}
	}
	return false
}
