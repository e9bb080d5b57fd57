package rekey_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/rekey"
	"github.com/dictumal/dictumal/internal/secret"
	"github.com/dictumal/dictumal/internal/store"
)

var admin = dictumal.Principal{User: dictumal.User{ID: "ada"}, Token: dictumal.SocketToken}

// installation is a data folder, and what works with it until it is left.
type installation struct {
	*testing.T
	folder  string
	options rekey.Options // but store and file, which are those of the folder
	store   *store.Store
	keys    *rekey.Rekeyer
	said    *bytes.Buffer
	deeds   []dictumal.Deed
}

// inInstallation runs a test in an installation whose time passes only while everybody
// waits.
func inInstallation(t *testing.T, desktops int, test func(i *installation)) {
	t.Helper()
	folder := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		i := &installation{T: t, folder: folder, said: &bytes.Buffer{}}
		i.enter()
		i.must(i.store.AddUser(t.Context(), dictumal.User{ID: "ada", CreatedAt: time.Now()}, "local", "ada"))
		for n := range desktops {
			i.add(fmt.Sprintf("D%03d", n))
		}
		if got := i.authority(); got != "the authority" {
			t.Fatalf("the authority is %q", got)
		}
		test(i)
		i.leave()
	})
}

// enter starts as the program does.
func (i *installation) enter() {
	i.Helper()
	var err error
	if i.store, err = store.Open(i.Context(), filepath.Join(i.folder, "dictumal.db")); err != nil {
		i.Fatal(err)
	}
	i.must(i.store.Release(i.Context()))
	i.options.Store, i.options.File = i.store, i.file()
	i.options.Log = slog.New(slog.NewTextHandler(i.said, nil))
	i.options.Audit = func(_ context.Context, d dictumal.Deed) { i.deeds = append(i.deeds, d) }
	if i.keys, err = rekey.New(i.options); err != nil {
		i.Fatal(err)
	}
}

func (i *installation) leave() { i.must(i.store.Close()) }

func (i *installation) must(err error) {
	i.Helper()
	if err != nil {
		i.Fatal(err)
	}
}

func (i *installation) file() string { return filepath.Join(i.folder, "auth-secret") }

// add orders a desktop whose secrets tell where they belong.
func (i *installation) add(id string) {
	i.Helper()
	row := store.Row{Deployment: dictumal.Deployment{ID: id, Owner: "ada", CreatedAt: time.Now(), Provider: "memory", Stream: dictumal.Guacamole}}
	row.ClientKey = i.seal(row.ClientKeyContext())
	row.StreamSecret = i.seal(row.StreamSecretContext())
	_, _, err := i.store.AddDeployment(i.Context(), store.Order{Row: row, PerUser: 1000, Total: 1000})
	i.must(err)
}

func (i *installation) seal(context string) string {
	i.Helper()
	sealed, err := i.keys.Sealer.Seal([]byte(context), context)
	i.must(err)
	return sealed
}

// opens wants every secret of a desktop to be what it was.
func (i *installation) opens(id string) {
	i.Helper()
	row, err := i.store.Deployment(i.Context(), id)
	i.must(err)
	for context, sealed := range map[string]string{row.ClientKeyContext(): row.ClientKey, row.StreamSecretContext(): row.StreamSecret} {
		if got, err := i.keys.Sealer.Open(sealed, context); err != nil || string(got) != context {
			i.Errorf("%s opens as %q, %v", context, got, err)
		}
	}
}

func (i *installation) authority() string {
	i.Helper()
	kept, err := i.keys.Authority(i.Context(), func() ([]byte, error) { return []byte("the authority"), nil })
	i.must(err)
	return string(kept)
}

// run works until the test has what it waits for.
func (i *installation) run() (stop func()) {
	ctx, cancel := context.WithCancel(i.Context())
	ended := make(chan error, 1)
	go func() { ended <- i.keys.Run(ctx) }()
	return func() {
		cancel()
		i.must(<-ended)
	}
}

// settled wants all values to have one key, and its secret to be the only one.
func (i *installation) settled(values int) {
	i.Helper()
	status, err := i.keys.Status(i.Context())
	i.must(err)
	if len(status.Keys) != 1 || status.Keys[0].Values != values || status.Keys[0].Standing != rekey.Newest {
		i.Errorf("the keys are %+v, want one with %d values", status.Keys, values)
	}
	if _, err := os.Stat(secret.FormerFile(i.file())); !errors.Is(err, fs.ErrNotExist) {
		i.Errorf("the former secret is kept: %v", err)
	}
}

// holdsNothingOf wants no value of a key to be left anywhere in the database's files.
func (i *installation) holdsNothingOf(keyID string) {
	i.Helper()
	files, err := filepath.Glob(filepath.Join(i.folder, "dictumal.db*"))
	i.must(err)
	for _, file := range files {
		content, err := os.ReadFile(file)
		i.must(err)
		if left := bytes.Count(content, []byte(secret.Head(keyID))); left > 0 {
			i.Errorf("%s holds %d values of the former key", filepath.Base(file), left)
		}
	}
}

func TestARotationSealsEverythingAnewAndForgetsTheFormerSecret(t *testing.T) {
	inInstallation(t, 120, func(i *installation) {
		defer i.run()()
		first := i.keys.Sealer.KeyID()
		status, err := i.keys.Rotate(i.Context(), admin)
		i.must(err)
		if len(status.Keys) != 2 || status.Keys[0].ID == first || status.Keys[1].ID != first || status.Keys[1].Standing != rekey.Former {
			i.Errorf("after the order the keys are %+v", status.Keys)
		}
		synctest.Wait()
		if status, err = i.keys.Status(i.Context()); err != nil || status.Keys[1].Values != 0 || status.Keys[0].Values != 241 {
			i.Errorf("then they are %+v, %v", status.Keys, err)
		}
		if _, err := os.Stat(secret.FormerFile(i.file())); err != nil {
			i.Errorf("the former secret is forgotten at once: %v", err)
		}
		time.Sleep(rekey.Settle)
		synctest.Wait()
		i.settled(241)
		i.holdsNothingOf(first)
		for n := range 120 {
			i.opens(fmt.Sprintf("D%03d", n))
		}
		if got := i.authority(); got != "the authority" {
			i.Errorf("the authority is another: %q", got)
		}
	})
}

// TestADesktopThatIsOrderedDuringARotationKeepsItsKey seals with the former key just
// before the rotation, and writes it down just after everything was sealed anew.
func TestADesktopThatIsOrderedDuringARotationKeepsItsKey(t *testing.T) {
	inInstallation(t, 1, func(i *installation) {
		defer i.run()()
		late := store.Row{Deployment: dictumal.Deployment{ID: "late", Owner: "ada", CreatedAt: time.Now(), Provider: "memory", Stream: dictumal.Guacamole}}
		late.ClientKey, late.StreamSecret = i.seal(late.ClientKeyContext()), i.seal(late.StreamSecretContext())
		_, err := i.keys.Rotate(i.Context(), admin)
		i.must(err)
		time.Sleep(rekey.Settle / 2)
		_, _, err = i.store.AddDeployment(i.Context(), store.Order{Row: late, PerUser: 1000, Total: 1000})
		i.must(err)
		time.Sleep(rekey.Settle)
		synctest.Wait()
		i.settled(5)
		i.opens("late")
	})
}

// TestAWorkerAtARowDelaysTheEndOfARotation has a worker hold a row for longer than a
// former key is kept otherwise, and write back what it holds.
func TestAWorkerAtARowDelaysTheEndOfARotation(t *testing.T) {
	inInstallation(t, 1, func(i *installation) {
		defer i.run()()
		held, ok, err := i.store.Claim(i.Context(), "worker", 3*rekey.Settle)
		if err != nil || !ok {
			i.Fatal(ok, err)
		}
		_, err = i.keys.Rotate(i.Context(), admin)
		i.must(err)
		time.Sleep(2 * rekey.Settle)
		if _, err := os.Stat(secret.FormerFile(i.file())); err != nil {
			i.Errorf("the former secret, which a worker's row needs: %v", err)
		}
		held.MachineID = "42"
		i.must(i.store.Save(i.Context(), held, store.Outcome{Wake: time.Now().Add(time.Hour)}))
		time.Sleep(2 * rekey.Settle)
		synctest.Wait()
		i.settled(3)
		i.opens("D000")
		if row, err := i.store.Deployment(i.Context(), "D000"); err != nil || row.MachineID != "42" {
			i.Errorf("what the worker has learned is lost: %q, %v", row.MachineID, err)
		}
	})
}

// TestARotationThatIsCutShortGoesOn ends the program at each step of a rotation, once
// at each of the first passages, and starts it again on what is left.
func TestARotationThatIsCutShortGoesOn(t *testing.T) {
	steps := map[string]bool{}
	for nth := 1; ; nth++ {
		passed := 0
		inInstallation(t, 6, func(i *installation) {
			i.options.Passed = func(step string) {
				if passed++; passed == nth {
					steps[step] = true
					runtime.Goexit() // as one who is killed, it does nothing more
				}
			}
			i.leave()
			i.enter()
			ended := make(chan struct{})
			ctx, cancel := context.WithCancel(i.Context())
			go func() {
				defer close(ended)
				_, err := i.keys.Rotate(ctx, admin)
				i.must(err)
				_ = i.keys.Run(ctx)
			}()
			time.Sleep(2 * rekey.Settle)
			cancel()
			<-ended
			i.options.Passed = nil
			i.leave()
			i.enter()
			for n := range 6 {
				i.opens(fmt.Sprintf("D%03d", n)) // as soon as the program is there again
			}
			if got := i.authority(); got != "the authority" {
				i.Errorf("step %d: the authority is another: %q", nth, got)
			}
			stop := i.run()
			time.Sleep(2 * rekey.Settle)
			stop()
			i.settled(13)
			for n := range 6 {
				i.opens(fmt.Sprintf("D%03d", n))
			}
		})
		if passed < nth {
			break
		}
	}
	for _, step := range []string{"begun", "former-kept", "secret-renamed", "secret-written", "authority-moved", "sealed-anew", "all-sealed-anew", "former-forgotten"} {
		if !steps[step] {
			t.Errorf("no program was ended at %q, but at %v", step, steps)
		}
	}
}

func TestASecretOfTheOperatorsIsChangedByTheOperator(t *testing.T) {
	inInstallation(t, 2, func(i *installation) {
		former, err := secret.Load(i.file())
		i.must(err)
		i.leave()
		i.options.Present, i.options.Given = secret.New(), former
		i.enter()
		i.opens("D000")
		if got := i.authority(); got != "the authority" {
			i.Errorf("the authority is another: %q", got)
		}
		_, err = i.keys.Rotate(i.Context(), admin)
		if dictumal.ErrorCode(err) != dictumal.CodeConflict || !strings.Contains(dictumal.ErrorMessage(err), "AUTH_SECRET_PREVIOUS") {
			i.Errorf("rotate: %v", err)
		}
		if len(i.deeds) != 1 || i.deeds[0].Action != "keys.rotate" || i.deeds[0].Result != dictumal.ResultRefused {
			i.Errorf("the deeds are %+v", i.deeds)
		}
		stop := i.run()
		time.Sleep(2 * rekey.Settle)
		stop()
		i.settled(5)
		if !strings.Contains(i.said.String(), "AUTH_SECRET_PREVIOUS any more; it can be unset") {
			i.Errorf("nobody is told that the former secret is not needed:\n%s", i.said)
		}
		i.leave()
		i.options.Given = nil
		i.enter()
		i.opens("D001")
	})
}

func TestASecondRotationWaitsForTheFirst(t *testing.T) {
	inInstallation(t, 1, func(i *installation) {
		defer i.run()()
		_, err := i.keys.Rotate(i.Context(), admin)
		i.must(err)
		if _, err = i.keys.Rotate(i.Context(), admin); dictumal.ErrorCode(err) != dictumal.CodeConflict {
			i.Errorf("at once: %v", err)
		}
		time.Sleep(2 * rekey.Settle)
		_, err = i.keys.Rotate(i.Context(), admin)
		i.must(err)
		time.Sleep(2 * rekey.Settle)
		synctest.Wait()
		i.settled(3)
		i.opens("D000")
	})
}

// TestWhatDoesNotOpenIsSaidAtTheStart begins with another secret than that of the rows,
// as after a restored backup, and then with both.
func TestWhatDoesNotOpenIsSaidAtTheStart(t *testing.T) {
	inInstallation(t, 2, func(i *installation) {
		first := i.keys.Sealer.KeyID()
		kept, err := secret.Load(i.file())
		i.must(err)
		i.must(os.Remove(i.file()))
		i.leave()
		i.enter()
		stop := i.run()
		synctest.Wait()
		stop()
		want := "were sealed with another secret (key " + first + ") and do not open"
		if !strings.Contains(i.said.String(), want) || !strings.Contains(i.said.String(), "AUTH_SECRET_PREVIOUS") {
			i.Errorf("the log has not %q:\n%s", want, i.said)
		}
		i.leave()
		i.options.Given = kept
		i.enter()
		stop = i.run()
		time.Sleep(2 * rekey.Settle)
		stop()
		i.settled(5)
		i.opens("D000")
		i.opens("D001")
	})
}

// TestAValueThatWasMovedDoesNotOpen takes each value of an installation to the place of
// each other.
func TestAValueThatWasMovedDoesNotOpen(t *testing.T) {
	inInstallation(t, 2, func(i *installation) {
		values := map[string]string{}
		for _, id := range []string{"D000", "D001"} {
			row, err := i.store.Deployment(i.Context(), id)
			i.must(err)
			values[row.ClientKeyContext()], values[row.StreamSecretContext()] = row.ClientKey, row.StreamSecret
			values[row.HostKeyContext()] = i.seal(row.HostKeyContext())
		}
		name := "authority-" + i.keys.Sealer.KeyID()
		sealed, err := i.store.FindSetting(i.Context(), name)
		i.must(err)
		values["setting|"+name] = sealed
		for from, sealed := range values {
			for to := range values {
				if _, err := i.keys.Sealer.Open(sealed, to); (err == nil) != (from == to) || err != nil && !errors.Is(err, secret.ErrSealed) {
					i.Errorf("what belongs to %s opens at %s: %v", from, to, err)
				}
			}
		}
	})
}

// TestADamagedValueKeepsItsKeyAndIsToldOfOnce moves a value to another row, where it
// does not open.
func TestADamagedValueKeepsItsKeyAndIsToldOfOnce(t *testing.T) {
	inInstallation(t, 1, func(i *installation) {
		moved := store.Row{Deployment: dictumal.Deployment{ID: "moved", Owner: "ada", CreatedAt: time.Now(), Provider: "memory", Stream: dictumal.Native}}
		moved.ClientKey = i.seal("deployment|D000|client_key")
		_, _, err := i.store.AddDeployment(i.Context(), store.Order{Row: moved, PerUser: 1000, Total: 1000})
		i.must(err)
		stop := i.run()
		_, err = i.keys.Rotate(i.Context(), admin)
		i.must(err)
		time.Sleep(time.Hour)
		stop()
		status, err := i.keys.Status(i.Context())
		if err != nil || len(status.Keys) != 2 || status.Keys[0].Values != 3 || status.Keys[1].Values != 1 {
			i.Errorf("the keys are %+v, %v", status.Keys, err)
		}
		if told := strings.Count(i.said.String(), "place=deployment|moved|client_key"); told != 1 {
			i.Errorf("it is told of %d times:\n%s", told, i.said)
		}
	})
}
