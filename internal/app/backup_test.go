package app_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/app"
	"github.com/dictumal/dictumal/internal/config"
	"github.com/dictumal/dictumal/internal/secret"
	"github.com/dictumal/dictumal/internal/store"
)

// TestARestoreSaysWhichSecretIsMissing restores a backup from before a rotation.
func TestARestoreSaysWhichSecretIsMissing(t *testing.T) {
	cfg := config.Config{DataDir: t.TempDir()}
	first, err := secret.LoadOrCreate(cfg.SecretFile())
	if err != nil {
		t.Fatal(err)
	}
	addDesktop(t, cfg.Database(), secret.NewSealer(first))
	backup := filepath.Join(t.TempDir(), "copy")
	if err := app.Backup(t.Context(), cfg, backup); err != nil {
		t.Fatal(err)
	}
	ids, err := app.KeyIDs(cfg)
	if err != nil || len(ids) != 1 {
		t.Fatalf("the keys are %v, %v", ids, err)
	}
	restore := func(want string) {
		t.Helper()
		done, err := app.Restore(t.Context(), cfg, backup)
		if err != nil || (done.Warning == "") != (want == "") || !strings.Contains(done.Warning, want) {
			t.Errorf("%q, %v, want %q", done.Warning, err, want)
		}
		if err := os.Remove(done.Kept); err != nil { // or the next one of this second finds its name taken
			t.Error(err)
		}
	}
	restore("")
	if err := secret.Rotate(cfg.SecretFile(), func(string) {}); err != nil {
		t.Fatal(err)
	}
	restore("") // the former secret is there still
	if err := secret.Forget(cfg.SecretFile()); err != nil {
		t.Fatal(err)
	}
	missing := "were sealed with another secret (key " + ids[0] + ") and do not open, so those desktops cannot be reached; set AUTH_SECRET_PREVIOUS"
	restore(missing)
	cfg.AuthSecretPrevious = first
	restore("")
	cfg.AuthSecretPrevious = nil
	if err := os.Remove(cfg.SecretFile()); err != nil {
		t.Fatal(err)
	}
	restore(missing) // on a host where nothing was before
}

// addDesktop writes a deployment whose key is sealed.
func addDesktop(t *testing.T, file string, sealer *secret.Sealer) {
	t.Helper()
	rows, err := store.Open(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	row := store.Row{Deployment: dictumal.Deployment{ID: "D1", Owner: "ada", CreatedAt: time.Now(), Provider: "memory", Stream: dictumal.Native}}
	if row.ClientKey, err = sealer.Seal([]byte("private"), row.ClientKeyContext()); err != nil {
		t.Fatal(err)
	}
	err = rows.AddUser(t.Context(), dictumal.User{ID: "ada", CreatedAt: time.Now()}, "local", "ada")
	_, _, orderErr := rows.AddDeployment(t.Context(), store.Order{Row: row, PerUser: 9, Total: 9})
	if err := errors.Join(err, orderErr, rows.Close()); err != nil {
		t.Fatal(err)
	}
}
