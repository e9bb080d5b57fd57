// Package container lets Incus containers stand in for the machines behind
// droplets: they boot from the very user-data that was sent.
package container

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"

	"github.com/dictumal/dictumal/internal/incus"
	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

// Options says what every container is made of.
type Options struct {
	// Image is an alias of an image with cloud-init; whatever image a droplet asks
	// for, it gets this one.
	Image string
	// Profile gives the containers their disk and the network device eth0.
	Profile string
	// Config and Devices are added to each container, as a proxy to something on
	// the host that machines may not reach by themselves.
	Config  map[string]string
	Devices map[string]incus.Device
}

// Machines makes a system container for each droplet, under the droplet's name.
type Machines struct {
	client  *incus.Client
	options Options

	mu    sync.Mutex
	names map[int]string
}

// New makes containers in the client's project, which has to be there.
func New(client *incus.Client, options Options) *Machines {
	return &Machines{client: client, options: options, names: map[int]string{}}
}

// Boot makes and starts a container, and does not wait for its boot.
func (m *Machines) Boot(ctx context.Context, d oceantest.Droplet) (string, error) {
	nic, err := m.nic(ctx)
	if err != nil {
		return "", err
	}
	m.name(d.ID, d.Name)
	err = m.make(ctx, m.order(d.Name, d.UserData, nic))
	if incus.Conflict(err) || says(err, "already exists") { // droplets may share a name, containers may not
		other := fmt.Sprintf("%s-%d", d.Name, d.ID)
		m.name(d.ID, other)
		err = m.make(ctx, m.order(other, d.UserData, nic))
	}
	if err != nil {
		return "", fmt.Errorf("make the container %s: %w", d.Name, err)
	}
	return nic["ipv4.address"], nil
}

// PowerOff stops a container as if its plug was pulled.
func (m *Machines) PowerOff(ctx context.Context, id int) error {
	return finish(ctx)(m.client.StopInstance(ctx, m.called(id)))
}

// PowerOn starts a container that is off.
func (m *Machines) PowerOn(ctx context.Context, id int) error {
	return finish(ctx)(m.client.StartInstance(ctx, m.called(id)))
}

// Destroy removes a container, on or off. One that is not there is no error.
func (m *Machines) Destroy(ctx context.Context, id int) error {
	name := m.called(id)
	if name == "" {
		return nil
	}
	stopped := finish(ctx)(m.client.StopInstance(ctx, name)) // one that is off cannot be stopped
	err := finish(ctx)(m.client.DeleteInstance(ctx, name))
	if err == nil || incus.NotFound(err) {
		return nil
	}
	return fmt.Errorf("remove the container %s: %w", name, errors.Join(err, stopped))
}

// Private

// order is a container in which Docker can run.
func (m *Machines) order(name, userData string, nic incus.Device) incus.NewInstance {
	config := map[string]string{"cloud-init.user-data": userData, "security.nesting": "true"}
	maps.Copy(config, m.options.Config)
	devices := map[string]incus.Device{"eth0": nic}
	maps.Copy(devices, m.options.Devices)
	return incus.NewInstance{
		Name: name, Type: "container", Profiles: []string{m.options.Profile}, Config: config, Devices: devices,
		Source: incus.Source{Type: "image", Alias: m.options.Image}, Start: true,
	}
}

func (m *Machines) make(ctx context.Context, order incus.NewInstance) error {
	return finish(ctx)(m.client.CreateInstance(ctx, order))
}

func (m *Machines) name(id int, name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.names[id] = name
}

func (m *Machines) called(id int) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.names[id]
}

// finish waits for what the daemon has begun.
func finish(ctx context.Context) func(*incus.Operation, error) error {
	return func(operation *incus.Operation, err error) error {
		if err != nil {
			return err
		}
		return operation.Wait(ctx)
	}
}
