package e2e

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/app"
	"github.com/dictumal/dictumal/internal/client"
	"github.com/dictumal/dictumal/internal/config"
)

func TestADesktopThatCannotBeSaysWhy(t *testing.T) {
	tests := map[string]struct {
		document string
		reason   dictumal.Reason
		cause    string
	}{
		"a package that does not exist": {
			"---\ntitle: X\nsoftware:\n  packages: [dictumal-no-such-package]\n---\n# X\n",
			dictumal.ReasonPackageUnknown, "dictumal-no-such-package",
		},
		"a desktop session that dies at start": {
			"---\ntitle: X\nsoftware:\n  autostart: [pkill -KILL xfce4-session]\n---\n# X\n",
			dictumal.ReasonDesktopFailed, "",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t)
			desk := r.deploy(r.local(), test.document)
			failed := r.await(r.local(), desk.ID, dictumal.Errored)
			if failed.Error.Reason != test.reason || !strings.Contains(failed.Error.Cause, test.cause) {
				t.Errorf("error = %+v, want %s with %q", failed.Error, test.reason, test.cause)
			}
			if failed.Error.Cause == "" || failed.Error.NextStep == "" {
				t.Errorf("error = %+v, want a cause and a next step", failed.Error)
			}
		})
	}
}

func TestAMachineDeletedBehindOurBackIsNoticed(t *testing.T) {
	t.Parallel()
	r := start(t)
	desk := r.deploy(r.local(), plain)
	r.await(r.local(), desk.ID, dictumal.Active)
	name := r.containers()[0]
	for _, end := range []func(context.Context, string) error{r.stop, r.remove} {
		err := end(t.Context(), name)
		for err != nil && strings.Contains(err.Error(), "is busy running") { // as while the user-data is being forgotten
			err = end(t.Context(), name)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	failed := r.await(r.local(), desk.ID, dictumal.Errored)
	if failed.Error.Reason != dictumal.ReasonMachineVanished {
		t.Errorf("error = %+v, want %s", failed.Error, dictumal.ReasonMachineVanished)
	}
	if _, err := r.local().Destroy(t.Context(), desk.ID); err != nil {
		t.Fatal(err)
	}
	r.await(r.local(), desk.ID, dictumal.Destroyed)
}

// stop and remove do behind the program's back what an operator may do.
func (r *rig) stop(ctx context.Context, name string) error {
	stopping, err := r.incus.StopInstance(ctx, name)
	if err != nil {
		return err
	}
	return stopping.Wait(ctx)
}

func (r *rig) remove(ctx context.Context, name string) error {
	removing, err := r.incus.DeleteInstance(ctx, name)
	if err != nil {
		// It may be on its way up again, because the program has seen it off.
		if err := r.stop(ctx, name); err != nil {
			return err
		}
		return r.remove(ctx, name)
	}
	return removing.Wait(ctx)
}

func TestWithoutWhatItNeedsADeployIsRefusedWithASentence(t *testing.T) {
	tests := map[string]struct{ setting, sentence string }{
		"no Incus": {"INCUS_SOCKET=/nowhere/incus.socket", "dictumal setup"},
		"no image": {"INCUS_IMAGE=dictumal-no-such-image", "dictumal image build"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := start(t, test.setting)
			law, err := r.local().CreateConstitution(t.Context(), plain)
			if err != nil {
				t.Fatal(err)
			}
			desk, err := r.local().Deploy(t.Context(), client.Order{ConstitutionID: law.ID}, "")
			said := ""
			if err != nil {
				said = err.Error()
			} else if failed := r.await(r.local(), desk.ID, dictumal.Errored); failed.Error != nil {
				said = failed.Error.Cause + " " + failed.Error.NextStep
			}
			if !strings.Contains(said, test.sentence) {
				t.Errorf("said %q, want a sentence with %q", said, test.sentence)
			}
			if kept, err := r.local().Constitutions(t.Context()); err != nil || len(kept) != 1 {
				t.Errorf("constitutions = %v, %v; want the one that was written", kept, err)
			}
		})
	}
}

func TestATakenPortIsNamed(t *testing.T) {
	r := start(t)
	environ := []string{"DICTUMAL_LISTEN=" + strings.TrimPrefix(r.url, "http://"), "DICTUMAL_DATA_DIR=" + t.TempDir()}
	refusedWith(t, environ, "set DICTUMAL_LISTEN to another address")
}

func TestADataFolderServesOneProgram(t *testing.T) {
	r := start(t)
	refusedWith(t, r.environ(), "A server is running already with the data folder")
}

func refusedWith(t *testing.T, environ []string, sentence string) {
	t.Helper()
	cfg, err := config.Load(environ, "")
	if err != nil {
		t.Fatal(err)
	}
	second, err := app.New(t.Context(), cfg, "test", slog.New(slog.DiscardHandler))
	if err == nil {
		t.Fatal("it started", second.Close())
	}
	if said := dictumal.ErrorMessage(err); !strings.Contains(said, sentence) {
		t.Errorf("said %q, want %q", said, sentence)
	}
}

func TestAFullDiskLosesNothing(t *testing.T) {
	project, own := machines(t)
	folder := filepath.Join(t.TempDir(), "small")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=3m"); err != nil {
		t.Fatalf("make a small disk: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(folder, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	r := &rig{t: t, data: filepath.Join(folder, "data"), project: project, incus: own}
	r.run(r.environ())
	before, err := r.local().CreateConstitution(t.Context(), plain)
	if err != nil {
		t.Fatal(err)
	}
	fill(t, filepath.Join(folder, "ballast"))
	long := plain + strings.Repeat("One more line of a long document.\n", 500)
	for err == nil { // what is free inside the database's own files is used up first
		_, err = r.local().CreateConstitution(t.Context(), long)
	}
	if !strings.Contains(err.Error(), "The server's disk is full") {
		t.Errorf("said %q, want that the disk is full", err)
	}
	if err := os.Remove(filepath.Join(folder, "ballast")); err != nil {
		t.Fatal(err)
	}
	if _, err := r.local().CreateConstitution(t.Context(), long); err != nil {
		t.Errorf("after room was made: %v", err)
	}
	if _, err := r.local().Deploy(t.Context(), client.Order{ConstitutionID: before.ID}, ""); err != nil {
		t.Errorf("what was there before: %v", err)
	}
}

// fill writes until the disk is full.
func fill(t *testing.T, path string) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	for block := make([]byte, 4096); err == nil; {
		_, err = file.Write(block)
	}
}
