package app

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/config"
	"github.com/dictumal/dictumal/internal/postgrestest"
	"github.com/dictumal/dictumal/internal/store"
)

func TestWhyADatabaseCannotBeOpenedIsASentenceWithoutItsPassword(t *testing.T) {
	cfg := config.Config{DatabaseURL: "postgres://ada:s3cr3t@db.example.org/rows"}
	for why, want := range map[error]string{
		store.ErrUnreachable: "does not answer",
		store.ErrKeptOut:     "check the user and the password in DATABASE_URL",
		store.ErrNoDatabase:  "createdb --encoding=UTF8 --owner=USER NAME",
		store.ErrCrowded:     "takes no more connections",
		store.ErrPooled:      "let DATABASE_URL name the server itself",
		store.ErrOldServer:   "PostgreSQL 14 or newer is needed",
		store.ErrReadOnly:    "cannot be written, as on a standby",
		store.ErrNoRight:     "ALTER DATABASE … OWNER TO …",
		store.ErrEncoding:    "--template=template0",
		errors.New("other"):  "see what its server's log says",
	} {
		said := dictumal.ErrorMessage(closed(cfg, fmt.Errorf("open: %w", why)))
		if !strings.Contains(said, "The database postgres://ada@db.example.org/rows ") || !strings.Contains(said, want) || strings.Contains(said, "s3cr3t") {
			t.Errorf("%v is told as %q", why, said)
		}
	}
}

func TestAServerWhoseClockDiffersFromTheDatabasesDoesNotStart(t *testing.T) {
	for ahead, want := range map[time.Duration]string{
		-time.Hour:     "is 1h0m0s ahead of the database's",
		-2 * maxSkew:   "is 4s ahead of the database's",
		-maxSkew:       "",
		0:              "",
		maxSkew:        "",
		maxSkew + 1e8:  "is 2.1s behind the database's",
		24 * time.Hour: "is 24h0m0s behind the database's",
	} {
		err := together(ahead)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(dictumal.ErrorMessage(err), want) {
			t.Errorf("with the database's clock ahead by %s: %v, want %q", ahead, err, want)
		}
	}
}

func TestAReplicaHelpsWithABurstOnceASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		told, woken := make(chan struct{}, 1), atomic.Int32{}
		ended := make(chan error, 1)
		go func() { ended <- help(t.Context(), told, func() { woken.Add(1) }) }()
		told <- struct{}{}
		time.Sleep(helpAfter - 1)
		synctest.Wait()
		if woken.Load() != 0 {
			t.Error("it rushes at what another is at already")
		}
		for range 100 { // events in five seconds
			select {
			case told <- struct{}{}:
			default:
			}
			time.Sleep(50 * time.Millisecond)
		}
		synctest.Wait()
		if n := woken.Load(); n < 4 || n > 6 {
			t.Errorf("it has looked %d times in five seconds", n)
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if n := woken.Load(); n > 7 {
			t.Errorf("it has looked %d times, though nothing was told any more", n)
		}
		close(told)
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func TestDoctorSaysHowTheDatabaseIs(t *testing.T) {
	if found := ExamineDatabase(t.Context(), config.Config{DataDir: t.TempDir()}); len(found) != 0 {
		t.Errorf("of a file it finds %+v", found)
	}
	place := postgrestest.Database(t)
	found := ExamineDatabase(t.Context(), config.Config{DatabaseURL: place})
	if len(found) != 2 || !found[0].OK || !strings.HasPrefix(found[0].Detail, "version 1") || !found[1].OK || !strings.Contains(found[1].Detail, "a power cut may lose the last") {
		t.Errorf("of a server of tests it finds %+v", found)
	}
	found = ExamineDatabase(t.Context(), config.Config{DatabaseURL: "postgres://ada:s3cr3t@127.0.0.1:1/rows"})
	if len(found) != 1 || found[0].OK || !strings.Contains(found[0].Detail, "does not answer") || strings.Contains(found[0].Detail, "s3cr3t") {
		t.Errorf("of one that is away it finds %+v", found)
	}
}
