package reconcile_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/provider/providertest"
	"github.com/dictumal/dictumal/internal/store"
)

// busy and revoked are what a cloud refuses with for a while, and until somebody acts.
var (
	busy = &dictumal.Refusal{
		Reason: dictumal.ReasonRateLimited, Message: "The cloud takes no more calls.", NextStep: "Nothing is to be done.", RetryAfter: 30 * time.Second,
	}
	revoked = &dictumal.Refusal{
		Reason: dictumal.ReasonCredentials, Message: "The cloud refuses the token.", NextStep: "Make a new one.",
	}
)

func TestWhatHoldsADeploymentUpIsShownForAsLongAsItDoes(t *testing.T) {
	inWorld(t, providertest.Behaviour{}, func(w *world) {
		w.provider.Fail(providertest.CallCreate, providertest.Fault{Err: busy})
		defer w.run()()
		id := w.deploy()
		row := w.until(id, time.Second, "a warning", func(row store.Row) bool { return row.Warning != nil })
		if row.Status != dictumal.Provisioning || row.Warning.Reason != dictumal.ReasonRateLimited || row.Warning.NextStep == "" {
			w.Errorf("%s with the warning %+v", row.Status, row.Warning)
		}
		if row := w.reaches(id, dictumal.Active, time.Minute); row.Warning != nil {
			w.Errorf("an active deployment still has the warning %+v", row.Warning)
		}
		w.mentions(id, "takes no more calls", "Nothing is to be done.")
		w.mentions(id, "answers as it should again")
	})
}

func TestATokenRevokedInMidRunIsSaidAndEndsNoDesktop(t *testing.T) {
	inWorld(t, providertest.Behaviour{Traits: cloud}, func(w *world) {
		defer w.run()()
		id := w.deploy()
		w.reaches(id, dictumal.Active, time.Minute)
		w.provider.Fail(providertest.CallInspect, failures(50, revoked)...)
		row := w.until(id, 2*time.Minute, "a warning", func(row store.Row) bool { return row.Warning != nil })
		if row.Status != dictumal.Active || row.Warning.Reason != dictumal.ReasonCredentials {
			w.Errorf("%s with the warning %+v", row.Status, row.Warning)
		}
		w.until(id, 2*time.Hour, "no warning", func(row store.Row) bool { return row.Warning == nil && row.Status == dictumal.Active })
		if told := strings.Count(w.story(id), "refuses the token"); told != 1 {
			w.Errorf("the story tells of it %d times, want once", told)
		}
	})
}

func TestATokenRevokedDuringDestroyIsSaidUntilTheMachineIsGone(t *testing.T) {
	inWorld(t, providertest.Behaviour{}, func(w *world) {
		defer w.run()()
		id := w.deploy()
		w.reaches(id, dictumal.Active, time.Minute)
		w.provider.Fail(providertest.CallDestroy, failures(5, revoked)...)
		w.destroy(id)
		row := w.until(id, time.Minute, "a warning", func(row store.Row) bool { return row.Warning != nil })
		if row.Status != dictumal.Destroying || w.machines() != 1 {
			w.Errorf("%s with %d machines", row.Status, w.machines())
		}
		if row := w.reaches(id, dictumal.Destroyed, 10*time.Minute); row.Warning != nil || w.machines() != 0 {
			w.Errorf("destroyed with the warning %+v and %d machines", row.Warning, w.machines())
		}
	})
}

func TestARemovalDoesNotWaitForALookThatIsHeldBack(t *testing.T) {
	for _, test := range []struct {
		name    string
		refusal *dictumal.Refusal
		want    int // machines that are left
	}{
		{"calls are short", busy, 0},
		{"the token is refused", revoked, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			inWorld(t, providertest.Behaviour{Traits: cloud}, func(w *world) {
				defer w.run()()
				id := w.deploy()
				w.reaches(id, dictumal.Active, time.Minute)
				w.provider.Fail(providertest.CallInspect, failures(3, test.refusal)...)
				w.destroy(id)
				// Watching over the desktop may have been refused a look before.
				w.until(id, time.Second, "a removal that was refused a look", func(row store.Row) bool {
					return row.Warning != nil && strings.Contains(w.story(id), "has not removed the machine yet")
				})
				if got := w.machines(); got != test.want {
					w.Errorf("%d machines are left, want %d", got, test.want)
				}
				w.reaches(id, dictumal.Destroyed, 10*time.Minute)
				if got := w.provider.Calls(providertest.CallDestroy); got != 1 {
					w.Errorf("the removal was asked for %d times, want once", got)
				}
				w.mentions(id, "to remove the machine")
			})
		})
	}
}

func TestAProviderThatNeverTakesTheOrderIsNamedInTheEnd(t *testing.T) {
	inWorld(t, providertest.Behaviour{}, func(w *world) {
		w.provider.Fail(providertest.CallCreate, failures(100, busy)...)
		defer w.run()()
		id := w.deploy()
		row := w.reaches(id, dictumal.Errored, 11*time.Minute)
		if !strings.Contains(row.Failure.Cause, "takes no more calls") || row.Warning != nil {
			w.Errorf("failure = %+v, warning = %+v", row.Failure, row.Warning)
		}
		if told := strings.Count(w.story(id), "Asked memory for the machine"); told != 1 || w.provider.Calls(providertest.CallCreate) < 10 {
			w.Errorf("the story tells of %d orders of %d, want the first only", told, w.provider.Calls(providertest.CallCreate))
		}
	})
}

func TestATroubleThatIsNobodysRefusalIsForTheLogOnly(t *testing.T) {
	inWorld(t, providertest.Behaviour{}, func(w *world) {
		defer w.run()()
		id := w.deploy()
		w.reaches(id, dictumal.Active, time.Minute)
		w.provider.Fail(providertest.CallInspect, failures(3, errors.New("broken pipe"))...)
		time.Sleep(3 * time.Minute)
		if row := w.row(id); row.Warning != nil {
			w.Errorf("warning = %+v", row.Warning)
		}
	})
}

func TestARefusedRemovalIsNoLessRefusedWhileTheMachineIsLookedAt(t *testing.T) {
	inWorld(t, providertest.Behaviour{Traits: cloud}, func(w *world) {
		defer w.run()()
		id := w.deploy()
		w.reaches(id, dictumal.Active, time.Minute)
		w.provider.Fail(providertest.CallDestroy, failures(100, revoked)...)
		w.destroy(id)
		w.until(id, time.Minute, "a warning", func(row store.Row) bool { return row.Warning != nil })
		for range 1000 {
			time.Sleep(time.Second)
			if row := w.row(id); row.Warning == nil {
				w.Fatalf("the warning is gone, and the machine is not:\n%s", w.story(id))
			}
		}
		if told := strings.Count(w.story(id), "refuses the token"); told != 1 {
			w.Errorf("the story tells of it %d times, want once", told)
		}
	})
}

func TestNothingHoldsUpWhatIsOver(t *testing.T) {
	inWorld(t, providertest.Behaviour{}, func(w *world) {
		w.provider.Fail(providertest.CallCreate, failures(100, busy)...)
		defer w.run()()
		id := w.deploy()
		w.until(id, time.Second, "a warning", func(row store.Row) bool { return row.Warning != nil })
		w.destroy(id)
		if row := w.reaches(id, dictumal.Destroyed, time.Minute); row.Warning != nil {
			w.Errorf("destroyed with the warning %+v", row.Warning)
		}
	})
}
