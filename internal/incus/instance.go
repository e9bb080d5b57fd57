package incus

import (
	"context"
	"net/http"
	"time"
)

// Device is a device's configuration.
type Device map[string]string

// Instance is a machine as Incus knows it.
type Instance struct {
	Name            string            `json:"name"`
	Status          string            `json:"status"`
	CreatedAt       time.Time         `json:"created_at"`
	LastUsedAt      time.Time         `json:"last_used_at"`
	Config          map[string]string `json:"config"`
	ExpandedConfig  map[string]string `json:"expanded_config"`
	ExpandedDevices map[string]Device `json:"expanded_devices"`
}

// NewInstance orders an instance.
type NewInstance struct {
	Name     string            `json:"name"`
	Type     string            `json:"type"`
	Profiles []string          `json:"profiles"`
	Config   map[string]string `json:"config,omitempty"`
	Devices  map[string]Device `json:"devices,omitempty"`
	Source   Source            `json:"source"`
	Start    bool              `json:"start"`
}

// Source says what an instance is made from.
type Source struct {
	Type  string `json:"type"` // image
	Alias string `json:"alias"`
}

// CreateInstance orders an instance. The operation ends when it has started, if
// that was asked for.
func (c *Client) CreateInstance(ctx context.Context, order NewInstance) (*Operation, error) {
	return c.start(ctx, http.MethodPost, "/1.0/instances", order)
}

// Instance gets one instance.
func (c *Client) Instance(ctx context.Context, name string) (Instance, error) {
	var instance Instance
	err := c.call(ctx, http.MethodGet, "/1.0/instances/"+escape(name), nil, &instance)
	return instance, err
}

// Instances lists the project's instances.
func (c *Client) Instances(ctx context.Context) ([]Instance, error) {
	var instances []Instance
	err := c.call(ctx, http.MethodGet, "/1.0/instances?recursion=1", nil, &instances)
	return instances, err
}

// StartInstance powers an instance on.
func (c *Client) StartInstance(ctx context.Context, name string) (*Operation, error) {
	return c.changeState(ctx, name, stateChange{Action: "start", Timeout: -1})
}

// StopInstance powers an instance off at once, without asking it.
func (c *Client) StopInstance(ctx context.Context, name string) (*Operation, error) {
	return c.changeState(ctx, name, stateChange{Action: "stop", Timeout: -1, Force: true})
}

// DeleteInstance removes an instance that is off.
func (c *Client) DeleteInstance(ctx context.Context, name string) (*Operation, error) {
	return c.start(ctx, http.MethodDelete, "/1.0/instances/"+escape(name), nil)
}

// Configure changes some of an instance's configuration keys; an empty value
// unsets one.
func (c *Client) Configure(ctx context.Context, name string, config map[string]string) error {
	body := struct {
		Config map[string]string `json:"config"`
	}{config}
	_, err := c.send(ctx, http.MethodPatch, "/1.0/instances/"+escape(name), body)
	return err
}

// Private

type stateChange struct {
	Action  string `json:"action"`
	Timeout int    `json:"timeout"`
	Force   bool   `json:"force"`
}

func (c *Client) changeState(ctx context.Context, name string, change stateChange) (*Operation, error) {
	return c.start(ctx, http.MethodPut, "/1.0/instances/"+escape(name)+"/state", change)
}
