package digitalocean

import (
	"errors"
	"strconv"
	"testing"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

func TestAMachineThatSomebodyHasRenamedIsStillOurs(t *testing.T) {
	ocean := oceantest.New(oceantest.Options{Token: "t"})
	provider := New(Config{Token: "t", Installation: "here", Transport: ocean.Transport()})
	made, err := provider.Create(t.Context(), dictumal.MachineSpec{
		Name:   dictumal.MachineName("here", "01J00000000000000000000000"),
		Region: "nyc3", Size: "s-1vcpu-2gb", UserData: "#cloud-config\n{}",
	})
	if err != nil {
		t.Fatal(err)
	}
	id, _ := strconv.Atoi(made.ID)
	ocean.Rename(id, "my-own-server")
	if found, err := provider.Inspect(t.Context(), made.ID); err != nil || found.ID != made.ID {
		t.Errorf("found %+v, %v", found, err)
	}
	if err := provider.Destroy(t.Context(), made.ID); err != nil || len(ocean.Droplets()) != 0 {
		t.Errorf("destroy: %v; left %v", err, ocean.Droplets())
	}
	if _, err := provider.Inspect(t.Context(), made.ID); !errors.Is(err, dictumal.ErrMachineNotFound) {
		t.Errorf("after destroy: %v", err)
	}
}
