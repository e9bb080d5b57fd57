package standin_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/dictumal/dictumal/internal/guacamole/standin"
)

func TestRegistryServesTheImagesUnderTheNamesThatAMachineUses(t *testing.T) {
	port, guacamole, guacd := standin.Registry(t)
	if port == 0 {
		t.Skip("GUACAMOLE_TEST_REGISTRY names another registry.")
	}
	for _, image := range []string{guacamole, guacd} {
		path, digest, _ := strings.Cut(strings.TrimPrefix(image, "127.0.0.1:5000/"), ":1.6.0@")
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet,
			fmt.Sprintf("http://127.0.0.1:%d/v2/%s/manifests/%s", port, path, digest), nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", image, response.Status)
		}
	}
	if device := standin.Device(port); device["connect"] != fmt.Sprintf("tcp:127.0.0.1:%d", port) {
		t.Errorf("got %v", device)
	}
}

func TestAnotherRegistryIsReachedWithoutADevice(t *testing.T) {
	t.Setenv("GUACAMOLE_TEST_REGISTRY", "registry.example")
	port, guacamole, guacd := standin.Registry(t)
	if standin.Device(port) != nil || guacamole != "registry.example/guacamole/guacamole:1.6.0" || guacd != "registry.example/guacamole/guacd:1.6.0" {
		t.Errorf("got %d, %s, %s", port, guacamole, guacd)
	}
}
