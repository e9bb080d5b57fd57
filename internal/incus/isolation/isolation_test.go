package isolation

import (
	"errors"
	"flag"
	"maps"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files")

func TestTheRulesAreThese(t *testing.T) {
	const golden = "testdata/rules.nft"
	got := Rules("bridge0")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatalf("write: %v", err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	if difference := cmp.Diff(string(want), got); difference != "" {
		t.Errorf("the rules differ from %s (-update writes it):\n%s", golden, difference)
	}
}

func TestTheWallIsCheckedForItsBridge(t *testing.T) {
	if os.Getenv("DICTUMAL_TEST_WALL") == "" {
		apart(t)
		return
	}
	ctx := t.Context()
	if err := Check(ctx, "bridge0"); !errors.Is(err, ErrMissing) {
		t.Errorf("without a wall the check says %v, want ErrMissing", err)
	}
	for range 2 { // building it again is no error
		if err := Apply(ctx, "bridge0"); err != nil {
			t.Fatalf("apply: %v", err)
		}
	}
	if err := Check(ctx, "bridge0"); err != nil {
		t.Errorf("with the wall the check says %v", err)
	}
	if err := Check(ctx, "bridge1"); !errors.Is(err, ErrMissing) {
		t.Errorf("for another bridge the check says %v, want ErrMissing", err)
	}
	for range 2 {
		if err := Remove(ctx); err != nil {
			t.Fatalf("remove: %v", err)
		}
	}
	if err := Check(ctx, "bridge0"); !errors.Is(err, ErrMissing) {
		t.Errorf("after the removal the check says %v, want ErrMissing", err)
	}
}

func TestAWeakerConfigurationIsNotIsolated(t *testing.T) {
	cases := []struct {
		name    string
		weaken  func(config, nic map[string]string)
		outcome bool
	}{
		{"what every machine gets", func(_, _ map[string]string) {}, true},
		{"more than that", func(config, _ map[string]string) { config["limits.cpu"] = "2" }, true},
		{"privileged", func(config, _ map[string]string) { config["security.privileged"] = "true" }, false},
		{"shared user ids", func(config, _ map[string]string) { delete(config, "security.idmap.isolated") }, false},
		{"a guest API", func(config, _ map[string]string) { config["security.guestapi"] = "true" }, false},
		{"an open port", func(_, nic map[string]string) { delete(nic, "security.port_isolation") }, false},
		{"another kind of device", func(_, nic map[string]string) { nic["type"] = "none" }, false},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			config, nic := maps.Clone(Profile()), NIC("bridge0", true)
			test.weaken(config, nic)
			if got := Isolated(config, nic); got != test.outcome {
				t.Errorf("isolated is %v, want %v", got, test.outcome)
			}
		})
	}
	if Isolated(nil, nil) {
		t.Error("nothing at all counts as isolated")
	}
}

// Private

// apart runs the test in a network namespace, whose tables are nobody else's.
func apart(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("Rules of the kernel need root.")
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatalf("find this program: %v", err)
	}
	command := exec.CommandContext(t.Context(), "unshare", "--net", program, "-test.run=^"+t.Name()+"$", "-test.v")
	command.Env = append(os.Environ(), "DICTUMAL_TEST_WALL=1")
	output, err := command.CombinedOutput()
	if err != nil || !strings.Contains(string(output), "PASS") {
		t.Fatalf("in a namespace: %v\n%s", err, output)
	}
}
