package crash_test

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/client"
	"github.com/dictumal/dictumal/internal/secret"
)

// TestTheKeyChangesInTheMiddleOfTraffic changes the key again and again while desktops
// are ordered, come up, are opened and end, and wants nobody to notice.
func TestTheKeyChangesInTheMiddleOfTraffic(t *testing.T) {
	i := install(t, build(t), "DICTUMAL_MAX_MACHINES=50", "DICTUMAL_MAX_MACHINES_PER_USER=50")
	lives := []*life{{installation: i, stream: dictumal.Native}, {installation: i, stream: dictumal.Guacamole}}
	i.start()
	for _, l := range lives {
		l.order()
		l.await(dictumal.Active)
	}
	authority := i.authority()
	over, traffic, launches := make(chan struct{}), sync.WaitGroup{}, atomic.Int64{}
	for _, l := range lives {
		traffic.Go(func() {
			for open(over) {
				if _, err := i.local.Launch(t.Context(), l.desk.ID); err != nil {
					t.Errorf("a launch of a desktop by %s fails: %v", l.stream, err)
					return
				}
				launches.Add(1)
			}
		})
		traffic.Go(func() {
			for open(over) {
				if err := i.pass(l.desk.Constitution.ID, l.stream); err != nil {
					t.Errorf("a desktop by %s: %v", l.stream, err)
					return
				}
			}
		})
	}
	seen := []string{i.key()}
	for range 3 {
		if _, err := i.local.RotateKeys(t.Context()); err != nil {
			t.Fatal(err)
		}
		i.until("the end of the rotation", func() bool { return len(i.keys()) == 1 })
		if key := i.key(); slices.Contains(seen, key) {
			t.Errorf("the key is %s again", key)
		} else {
			seen = append(seen, key)
		}
	}
	close(over)
	traffic.Wait()
	t.Logf("%d launches during 3 rotations", launches.Load())
	if i.authority() != authority {
		t.Error("there is another certificate authority")
	}
	i.sealedWith(i.key())
	for _, l := range lives {
		l.launch()
		l.destroy()
	}
}

// TestARotationThatIsKilledGoesOn kills the program at each step of a rotation, one
// after another.
func TestARotationThatIsKilledGoesOn(t *testing.T) {
	l := &life{stream: dictumal.Guacamole, installation: install(t, build(t))}
	l.start()
	l.order()
	l.await(dictumal.Active)
	first, authority := l.key(), l.authority()
	l.present().kill()
	l.ends = []string{
		"keys.begun", "keys.former-kept", "keys.secret-written", "keys.authority-moved", "keys.sealed-anew",
		"keys.all-sealed-anew", "keys.former-forgotten",
	}
	deaths := len(l.ends)
	l.start()
	l.until("another key that is the only one", func() bool {
		keys := l.keys()
		if len(keys) == 1 && keys[0].ID == first {
			_, _ = l.local.RotateKeys(l.Context()) // nothing has come of it so far
		}
		return len(keys) == 1 && keys[0].ID != first && len(l.ends) == 0
	})
	if got := len(l.programs) - 2; got != deaths {
		t.Errorf("%d programs were killed, want %d", got, deaths)
	}
	l.sealedWith(l.key())
	if l.authority() != authority {
		t.Error("there is another certificate authority")
	}
	l.await(dictumal.Active)
	l.launch()
	l.destroy()
}

// open tells whether nobody has closed a channel.
func open(over <-chan struct{}) bool {
	select {
	case <-over:
		return false
	default:
		return true
	}
}

// pass has a desktop come and go.
func (i *installation) pass(law string, stream dictumal.Stream) error {
	desk, err := i.local.Deploy(i.Context(), client.Order{ConstitutionID: law, Stream: stream}, "")
	if err != nil {
		return err
	}
	for _, want := range []dictumal.Status{dictumal.Active, dictumal.Destroyed} {
		for desk.Status != want {
			if desk.Status == dictumal.Errored {
				return errors.New(desk.Error.Cause)
			}
			if desk, err = i.local.Deployment(i.Context(), desk.ID); err != nil {
				return err
			}
		}
		if want == dictumal.Active {
			_, launchErr := i.local.Launch(i.Context(), desk.ID)
			_, destroyErr := i.local.Destroy(i.Context(), desk.ID)
			if err := errors.Join(launchErr, destroyErr); err != nil {
				return err
			}
		}
	}
	return nil
}

// keys are the keys as the program tells of them; none while it does not answer.
func (i *installation) keys() []client.Key {
	keys, err := i.local.Keys(i.Context())
	if err != nil {
		return nil
	}
	return keys.Keys
}

// key is the one in use.
func (i *installation) key() string {
	i.Helper()
	keys := i.keys()
	if len(keys) == 0 {
		i.Fatal("the program tells of no key")
	}
	return keys[0].ID
}

// authority is the certificate that machines are vouched for with.
func (i *installation) authority() string {
	i.Helper()
	server, err := i.local.Server(i.Context())
	if err != nil {
		i.Fatal(err)
	}
	return (&visitor{life: &life{installation: i}, base: server.URL, client: http.DefaultClient}).get("/ca.pem")
}

// sealedWith wants the file of the secret to be the key's, and no other to be left.
func (i *installation) sealedWith(key string) {
	i.Helper()
	file := filepath.Join(i.data, "auth-secret")
	kept, err := secret.Load(file)
	if err != nil || secret.NewSealer(kept).KeyID() != key {
		i.Errorf("the secret in %s is not that of the key %s: %v", file, key, err)
	}
	if _, err := os.Stat(secret.FormerFile(file)); !errors.Is(err, fs.ErrNotExist) {
		i.Errorf("the former secret is there still: %v", err)
	}
}
