package rekey_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/rekey"
	"github.com/dictumal/dictumal/internal/secret"
)

// TestARotationThatFailsInTheLastStepKeepsEverySecret takes the folder away where the new
// secret is in its place and does not last yet: for a moment, or until the answer is there.
func TestARotationThatFailsInTheLastStepKeepsEverySecret(t *testing.T) {
	for name, brief := range map[string]bool{"for a moment": true, "until the answer": false} {
		t.Run(name, func(t *testing.T) {
			inInstallation(t, 2, func(i *installation) {
				i.leave()
				i.options.Passed = i.loseFolder(brief)
				i.enter()
				defer i.run()()
				first := i.keys.Sealer.KeyID()
				_, err := i.keys.Rotate(i.Context(), admin)
				if !brief {
					if dictumal.ErrorCode(err) != dictumal.CodeUnavailable || i.keys.Sealer.KeyID() != first {
						i.Errorf("without the folder: %v, and the key is another: %v", err, i.keys.Sealer.KeyID() != first)
					}
					i.giveFolder()
					i.add("later")
					_, err = i.keys.Rotate(i.Context(), admin)
				}
				i.must(err)
				if !strings.Contains(i.said.String(), "A rotation that failed in its last step goes on.") {
					i.Errorf("the log has nothing of the failure:\n%s", i.said)
				}
				former, err := secret.LoadFormer(i.file())
				if err != nil || secret.NewSealer(former).KeyID() != first {
					i.Errorf("the former secret is lost: %v", err)
				}
				i.opens("D000")
				time.Sleep(2 * rekey.Settle)
				synctest.Wait()
				values := 5
				if !brief {
					values = 7
					i.opens("later")
				}
				i.settled(values)
				i.opens("D001")
				if got := i.authority(); got != "the authority" {
					i.Errorf("the authority is another: %q", got)
				}
			})
		})
	}
}

// TestARotationWhoseAskerHasLeftGoesOn asks, and leaves before the answer.
func TestARotationWhoseAskerHasLeftGoesOn(t *testing.T) {
	inInstallation(t, 2, func(i *installation) {
		i.leave()
		ctx, leave := context.WithCancel(i.Context())
		i.options.Passed = func(step string) {
			if step == "secret-written" {
				leave()
			}
		}
		i.enter()
		defer i.run()()
		first := i.keys.Sealer.KeyID()
		_, _ = i.keys.Rotate(ctx, admin) // nobody is there to read the answer
		if len(i.deeds) != 1 || i.deeds[0].Result != dictumal.ResultDone {
			i.Errorf("the deeds are %+v", i.deeds)
		}
		time.Sleep(2 * rekey.Settle)
		synctest.Wait()
		i.settled(5)
		if i.keys.Sealer.KeyID() == first {
			i.Error("the key is the former one")
		}
		_, err := i.keys.Rotate(i.Context(), admin)
		i.must(err)
	})
}

// TestASecretThatWasReplacedMeanwhileIsNotRotated puts a strange secret into the file,
// so that only the program knows what everything is sealed with.
func TestASecretThatWasReplacedMeanwhileIsNotRotated(t *testing.T) {
	inInstallation(t, 1, func(i *installation) {
		kept, err := os.ReadFile(i.file())
		i.must(err)
		i.must(os.WriteFile(i.file(), secret.New(), 0o600))
		_, err = i.keys.Rotate(i.Context(), admin)
		if dictumal.ErrorCode(err) != dictumal.CodeConflict || !strings.Contains(dictumal.ErrorMessage(err), "put that one back") {
			i.Errorf("with a strange secret: %v", err)
		}
		i.opens("D000")
		i.must(os.WriteFile(i.file(), kept, 0o600))
		stop := i.run()
		_, err = i.keys.Rotate(i.Context(), admin)
		i.must(err)
		time.Sleep(2 * rekey.Settle)
		stop()
		i.settled(3)
		i.opens("D000")
	})
}

// TestAFormerSecretThatOpensNothingIsSaidSo restores rows of a lost secret, and is given
// a former one that is not theirs.
func TestAFormerSecretThatOpensNothingIsSaidSo(t *testing.T) {
	inInstallation(t, 2, func(i *installation) {
		lost := i.keys.Sealer.KeyID()
		i.leave()
		i.options.Present, i.options.Given = secret.New(), secret.New()
		i.enter()
		stop := i.run()
		time.Sleep(2 * rekey.Settle)
		stop()
		said := i.said.String()
		_, after, found := strings.Cut(said, "AUTH_SECRET_PREVIOUS opens nothing that is left.")
		if !found || !strings.Contains(after, "(key "+lost+") and do not open") || strings.Contains(said, "can be unset") {
			i.Errorf("nobody is told that the former secret is the wrong one:\n%s", said)
		}
	})
}

// Private

// loseFolder takes the folder away within a rotation, and brings it back in the same
// one where that is to be brief.
func (i *installation) loseFolder(brief bool) (passed func(step string)) {
	lost := false
	return func(step string) {
		switch {
		case step == "secret-renamed" && !lost:
			lost = true
			i.must(os.Rename(i.folder, i.away()))
		case step == "secret-written" && brief && lost:
			lost = false
			i.giveFolder()
		}
	}
}

func (i *installation) giveFolder() { i.must(os.Rename(i.away(), i.folder)) }

func (i *installation) away() string {
	return filepath.Join(filepath.Dir(i.folder), "away")
}
