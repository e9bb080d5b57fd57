package incus

import (
	"context"
	"testing"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/host"
	"github.com/dictumal/dictumal/internal/incus"
	"github.com/dictumal/dictumal/internal/incustest"
	"github.com/dictumal/dictumal/internal/provider/providertest"
)

func TestIncusIsAProvider(t *testing.T) {
	client := incustest.Client(t)
	image := incustest.Image(t, client)
	providertest.Exercise(t, func(t *testing.T) providertest.Fixture {
		t.Helper()
		own := project(t, client)
		return fixture(t, own, open(own, image))
	})
}

// Private

// room is a project of a test's own.
type room struct {
	name   string
	client *incus.Client // in the project
}

func project(t *testing.T, client *incus.Client) room {
	t.Helper()
	name := incustest.Name()
	t.Cleanup(func() {
		if err := host.RemoveProject(context.WithoutCancel(t.Context()), client, name); err != nil {
			t.Errorf("remove the project: %v", err)
		}
	})
	if err := host.MakeProject(t.Context(), client, name); err != nil {
		t.Fatalf("make a project: %v", err)
	}
	return room{name, client.Project(name)}
}

func open(own room, image string) *Provider {
	return New(Config{Project: own.name, Image: image, Installation: "here"})
}

func fixture(t *testing.T, own room, provider *Provider) providertest.Fixture {
	t.Helper()
	return providertest.Fixture{
		Provider:     provider,
		Installation: "here",
		Spec:         spec,
		Foreign: func(t *testing.T) dictumal.Machine {
			t.Helper()
			elsewhere := New(Config{Project: own.name, Image: provider.config.Image, Installation: "elsewhere"})
			made, err := elsewhere.Create(t.Context(), spec(dictumal.MachineName("elsewhere", "01j00000000000000000000000")))
			if err != nil {
				t.Fatalf("make a machine of another installation: %v", err)
			}
			return made
		},
		Alive: func(t *testing.T, id string) bool {
			t.Helper()
			_, err := own.client.Instance(t.Context(), id)
			return err == nil
		},
		PowerOff: func(t *testing.T, id string) {
			t.Helper()
			operation, err := own.client.StopInstance(t.Context(), id)
			if err := finish(t.Context(), operation, err); err != nil {
				t.Fatalf("power off: %v", err)
			}
		},
		Vanish: func(t *testing.T, id string) {
			t.Helper()
			if err := provider.remove(t.Context(), id); err != nil {
				t.Fatalf("remove: %v", err)
			}
		},
		Exhaust: func(t *testing.T) {
			t.Helper()
			limited, err := own.client.GetProject(t.Context(), own.name)
			if err != nil {
				t.Fatalf("get the project: %v", err)
			}
			limited.Config["limits.instances"] = "1"
			if err := own.client.PutProject(t.Context(), limited); err != nil {
				t.Fatalf("limit the project: %v", err)
			}
		},
	}
}

func spec(name string) dictumal.MachineSpec {
	return dictumal.MachineSpec{
		Name: name, Deployment: "d", Region: region, Size: "s-1vcpu-1gb",
		Stream: dictumal.Native, UserData: "#cloud-config\n{}",
	}
}
