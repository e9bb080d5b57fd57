package digitalocean

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

// world is an account and the provider that works in it.
type world struct {
	*testing.T
	ocean    *oceantest.Ocean
	provider *Provider
}

func newWorld(t *testing.T, options oceantest.Options) *world {
	t.Helper()
	options.Token = token
	ocean := oceantest.New(options)
	return &world{t, ocean, open(ocean, Config{})}
}

// inOcean runs a test in virtual time, after the first, wakeful minute.
func inOcean(t *testing.T, options oceantest.Options, test func(*world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, options)
		time.Sleep(wakeful)
		test(w)
	})
}

func (w *world) create() dictumal.Machine {
	w.Helper()
	made, err := w.provider.Create(w.Context(), spec())
	if err != nil {
		w.Fatalf("create: %v", err)
	}
	return made
}

func (w *world) inspect(id string) dictumal.Machine {
	w.Helper()
	machine, err := w.provider.Inspect(w.Context(), id)
	if err != nil {
		w.Errorf("inspect: %v", err)
	}
	return machine
}

func (w *world) describe(id string) string {
	w.Helper()
	machine, err := w.provider.Inspect(w.Context(), id)
	if errors.Is(err, dictumal.ErrMachineNotFound) {
		return "missing"
	}
	if err != nil {
		w.Errorf("inspect: %v", err)
	}
	return string(machine.Power)
}

func open(ocean *oceantest.Ocean, config Config) *Provider {
	config.Token, config.Installation, config.Transport = token, "here", ocean.Transport()
	return New(config)
}

// spec is of a machine that can be made, with a name of its own.
func spec() dictumal.MachineSpec {
	return dictumal.MachineSpec{
		Name: dictumal.MachineName("here", ulid.Make().String()), Deployment: "d",
		Region: "fra1", Size: "s-1vcpu-2gb", Stream: dictumal.Guacamole, UserData: "#cloud-config\n{}\n",
	}
}

// count tells how often the account was asked for something, as "GET /v2/sizes".
func count(ocean *oceantest.Ocean, kind string) int {
	method, path, _ := strings.Cut(kind, " ")
	return len(slices.DeleteFunc(ocean.Calls(), func(c oceantest.Call) bool {
		matches := c.Path == path || strings.HasSuffix(path, "/{id}") && strings.HasPrefix(c.Path, strings.TrimSuffix(path, "{id}"))
		return c.Method != method || !matches
	}))
}

// refusal is the refusal that an error is; it fails the test where it is none, or
// one without sentences.
func refusal(t *testing.T, err error) *dictumal.Refusal {
	t.Helper()
	refusal, ok := errors.AsType[*dictumal.Refusal](err)
	if !ok {
		t.Fatalf("error %v, want a refusal", err)
	}
	for _, sentence := range []string{refusal.Message, refusal.NextStep} {
		if !strings.HasSuffix(sentence, ".") && !strings.HasSuffix(sentence, "…") {
			t.Errorf("%q is no sentence", sentence)
		}
	}
	return refusal
}
