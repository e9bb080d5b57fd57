package store_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/postgrestest"
	"github.com/dictumal/dictumal/internal/store"
)

const tablesOfServer = `SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema() ORDER BY 1`

func TestEveryRowOfEveryTableIsMoved(t *testing.T) {
	file, place := inhabited(t), postgrestest.Database(t)
	seen := map[string]store.Moving{}
	done, err := store.Move(t.Context(), file, place, func(m store.Moving) { seen[m.Table] = m })
	if err != nil {
		t.Fatal(err)
	}
	tables := column(t, onFile(t, file), `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name <> 'migration' ORDER BY name`)
	want, got := contents(t, onFile(t, file), tables), contents(t, onServer(t, place), tables)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	var rows int64
	for _, name := range tables {
		rows += int64(len(want[name]))
		if len(want[name]) == 0 || seen[name].Of != int64(len(want[name])) {
			t.Errorf("%s has %d rows, and %d were told of", name, len(want[name]), seen[name].Of)
		}
	}
	if done.Tables != len(tables) || done.Rows != rows || done.Lines != 3 || done.Cleaned != 0 || done.Before {
		t.Errorf("moved %+v, want %d rows in %d tables and 3 lines of the audit log", done, rows, len(tables))
	}
}

func TestAMovedInstallationGoesOn(t *testing.T) {
	file, place := inhabited(t), postgrestest.Database(t)
	move(t, file, place)
	s := openAt(t, place)
	row, err := s.Deployment(t.Context(), "D2")
	if err != nil || row.Status != dictumal.Active || row.PricePerHour != 2.1 {
		t.Errorf("the deployment is %+v, %v", row, err)
	}
	last, err := s.LastEvent(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Note(t.Context(), "D2", "It goes on."); err != nil {
		t.Fatal(err)
	}
	if next, err := s.LastEvent(t.Context()); err != nil || next != last+1 {
		t.Errorf("the event after %d is %d, %v", last, next, err)
	}
	deeds(t, s, deed(4))
	if all := lines(t, s, store.Deeds{}); len(all) != 4 || all[3].Chain != all[3].Deed.Chain(all[2].Chain) {
		t.Errorf("the audit log has %d lines, or the last does not follow", len(all))
	}
	if _, moved, err := s.Moved(t.Context()); err != nil || moved {
		t.Errorf("the database to which it has moved has moved itself: %v, %v", moved, err)
	}
}

func TestTheFileSaysWhereItsRowsHaveMoved(t *testing.T) {
	file, place := inhabited(t), postgrestest.Database(t)
	done := move(t, file, place)
	s := openAt(t, file)
	mark, moved, err := s.Moved(t.Context())
	if err != nil || !moved || mark.To != done.To || time.Since(mark.At) > time.Minute {
		t.Errorf("the mark is %+v, %v, %v, want %s", mark, moved, err, done.To)
	}
	if err := s.Unmark(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, moved, err := s.Moved(t.Context()); err != nil || moved {
		t.Errorf("it has moved still: %v, %v", moved, err)
	}
}

func TestAMoveThatWasDoneIsNotDoneAgain(t *testing.T) {
	file, place := inhabited(t), postgrestest.Database(t)
	move(t, file, place)
	s := openAt(t, place)
	add(t, s, order("D9")) // a replica works there
	if done := move(t, file, place); !done.Before {
		t.Errorf("it was done again: %+v", done)
	}
	if _, err := s.Deployment(t.Context(), "D9"); err != nil {
		t.Errorf("what was written after the move: %v", err)
	}
	if _, err := store.Move(t.Context(), file, postgrestest.Database(t), unheard); !errors.Is(err, store.ErrMovedElsewhere) {
		t.Errorf("a move to a second database = %v, want ErrMovedElsewhere", err)
	}
}

// TestAMoveOfWhichOnlyTheMarkWasKeptIsBegunAnew has it be cut short between the two
// commits, which leaves the mark and an empty database.
func TestAMoveOfWhichOnlyTheMarkWasKeptIsBegunAnew(t *testing.T) {
	file, place := inhabited(t), postgrestest.Database(t)
	move(t, file, place)
	alter(t, onServer(t, place), `DROP SCHEMA public CASCADE`, `CREATE SCHEMA public`)
	if done := move(t, file, place); done.Before || done.Rows == 0 {
		t.Errorf("it was not begun anew: %+v", done)
	}
}

// TestAMoveWhoseLastAnswerIsLostIsNotKnown has the server end the connection while it
// keeps what was copied, and the other way round refuse to keep it.
func TestAMoveWhoseLastAnswerIsLostIsNotKnown(t *testing.T) {
	for name, test := range map[string]struct {
		statement string
		unknown   bool
	}{
		"the connection is ended": {`PERFORM pg_terminate_backend(pg_backend_pid())`, true},
		"it is refused":           {`RAISE 'not today'`, false},
	} {
		t.Run(name, func(t *testing.T) {
			file, place := inhabited(t), postgrestest.Database(t)
			atCommit(t, place, test.statement)
			_, err := store.Move(t.Context(), file, place, unheard)
			if err == nil || errors.Is(err, store.ErrMoveUnknown) != test.unknown {
				t.Errorf("a move = %v; not known: %v", err, test.unknown)
			}
			if !test.unknown {
				stays(t, file)
				return
			}
			mark, moved := store.MovedFrom(t.Context(), file)
			if arrived, err := store.Arrived(t.Context(), place, mark); !moved || arrived || err != nil {
				t.Errorf("marked: %v, arrived: %v, %v", moved, arrived, err)
			}
			alter(t, onServer(t, place), `DROP EVENT TRIGGER plant`)
			if done := move(t, file, place); done.Before {
				t.Errorf("it was not begun anew: %+v", done)
			}
		})
	}
}

// TestAMoveAfterOneThatIsNotKnownSaysSoUntilItIs has somebody else hold the lock, as the
// commit of a move that goes on does.
func TestAMoveAfterOneThatIsNotKnownSaysSoUntilItIs(t *testing.T) {
	file, place := inhabited(t), postgrestest.Database(t)
	move(t, file, place)
	let := hold(t, place)
	if _, err := store.Move(t.Context(), file, place+"&lock_timeout=10ms", unheard); !errors.Is(err, store.ErrMoveUnknown) {
		t.Errorf("a move that could not look = %v, want ErrMoveUnknown", err)
	}
	let()
	if done := move(t, file, place); !done.Before {
		t.Errorf("it was done again: %+v", done)
	}
}

func TestOnlyAnEmptyDatabaseIsMovedTo(t *testing.T) {
	for name, prepare := range map[string]func(place string){
		"somebody's table": func(place string) { alter(t, onServer(t, place), `CREATE TABLE invoice (id BIGINT)`) },
		"somebody's view":  func(place string) { alter(t, onServer(t, place), `CREATE VIEW now AS SELECT 1`) },
		"an installation":  func(place string) { openAt(t, place) },
		"another that was moved": func(place string) {
			move(t, inhabited(t), place)
		},
	} {
		t.Run(name, func(t *testing.T) {
			file, place := inhabited(t), postgrestest.Database(t)
			prepare(place)
			tables := column(t, onServer(t, place), tablesOfServer)
			if _, err := store.Move(t.Context(), file, place, unheard); !errors.Is(err, store.ErrOccupied) {
				t.Errorf("a move = %v, want ErrOccupied", err)
			}
			if diff := cmp.Diff(tables, column(t, onServer(t, place), tablesOfServer)); diff != "" {
				t.Error(diff)
			}
			stays(t, file)
		})
	}
	place := postgrestest.Database(t)
	alter(t, onServer(t, place), `CREATE EXTENSION pg_trgm`, `CREATE SCHEMA other`, `CREATE TABLE other.invoice (id BIGINT)`)
	move(t, inhabited(t), place)
}

func TestAnInterruptedMoveLeavesNothing(t *testing.T) {
	file, place := inhabited(t), postgrestest.Database(t)
	ctx, stop := context.WithCancel(t.Context())
	_, err := store.Move(ctx, file, place, func(m store.Moving) {
		if m.Table == "event" {
			stop()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a move that was interrupted = %v", err)
	}
	leftEmpty(t, place)
	stays(t, file)
	move(t, file, place)
}

// TestAKilledMoveLeavesNothing kills a process that moves this installation, in the
// middle of a table.
func TestAKilledMoveLeavesNothing(t *testing.T) {
	file, place := inhabited(t), postgrestest.Database(t)
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestMoveOfAnotherProcess$")
	child.Env = append(os.Environ(), "MOVE_FILE="+file, "MOVE_TO="+place)
	said, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(said).ReadString('\n')
	if err != nil || line != "copying event\n" {
		t.Errorf("it said %q, %v", line, err)
	}
	if err := errors.Join(child.Process.Kill(), awaitKilled(child)); err != nil {
		t.Fatal(err)
	}
	stays(t, file)
	if done := move(t, file, place); done.Before || done.Rows == 0 { // which waits until the server has noticed
		t.Errorf("the move after it: %+v", done)
	}
}

// TestMoveOfAnotherProcess is what is killed.
func TestMoveOfAnotherProcess(t *testing.T) {
	if os.Getenv("MOVE_FILE") == "" {
		return
	}
	_, err := store.Move(t.Context(), os.Getenv("MOVE_FILE"), os.Getenv("MOVE_TO"), func(m store.Moving) {
		if m.Table == "event" {
			fmt.Fprintln(os.Stdout, "copying event")
			<-t.Context().Done()
		}
	})
	t.Error(err)
}

func TestWhatPostgreSQLDoesNotKeepIsReplacedAndCounted(t *testing.T) {
	file, place := inhabited(t), postgrestest.Database(t)
	alter(t, onFile(t, file),
		`UPDATE event SET text = CAST(X'626F6F74FF00FE6564' AS TEXT) WHERE number = 1`,
		`UPDATE deployment SET failure = CAST(X'7B00' AS TEXT) WHERE id = 'D3'`,
		`UPDATE account SET name = 'Ada' || CHAR(65533) WHERE id = 'ada'`) // which is as it may be
	if done := move(t, file, place); done.Cleaned != 2 {
		t.Errorf("%d texts were cleaned, want 2", done.Cleaned)
	}
	if got := column(t, onServer(t, place), `SELECT text FROM event WHERE number = 1`)[0]; got != "boot\uFFFD\uFFFD\uFFFDed" {
		t.Errorf("the boot log has become %q", got)
	}
}

// TestACopyThatDiffersIsNotKept has the other side change a text on its way in, as a
// fault of hardware or software might.
func TestACopyThatDiffersIsNotKept(t *testing.T) {
	file, place := inhabited(t), postgrestest.Database(t)
	alter(t, onServer(t, place), `CREATE SCHEMA fault`,
		`CREATE FUNCTION fault.change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.email = replace(NEW.email, 'ada', 'eve'); RETURN NEW; END $$`,
		`CREATE FUNCTION fault.plant() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
			IF to_regclass('account') IS NOT NULL AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'change') THEN
				CREATE TRIGGER change BEFORE INSERT ON account FOR EACH ROW EXECUTE FUNCTION fault.change();
			END IF; END $$`,
		`CREATE EVENT TRIGGER plant ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION fault.plant()`)
	_, err := store.Move(t.Context(), file, place, unheard)
	if err == nil || !strings.Contains(err.Error(), "copy account: 2 rows were sent and 2 have arrived, or not as they were sent") {
		t.Errorf("a move whose rows have changed = %v", err)
	}
	leftEmpty(t, place)
	stays(t, file)
}

func TestABrokenAuditLogIsNotMoved(t *testing.T) {
	for name, statement := range map[string]string{
		"a line was changed":     `UPDATE audit SET email = 'eve@example.org' WHERE number = 2`,
		"a line was removed":     `DELETE FROM audit WHERE number = 2`,
		"the end was cut off":    `DELETE FROM audit WHERE number = 3`,
		"the head was forgotten": `DELETE FROM audit_head`,
	} {
		t.Run(name, func(t *testing.T) {
			file, place := inhabited(t), postgrestest.Database(t)
			alter(t, onFile(t, file), `DROP TRIGGER audit_is_not_changed`, `DROP TRIGGER audit_is_not_removed`, statement)
			if _, err := store.Move(t.Context(), file, place, unheard); !errors.Is(err, store.ErrBrokenLog) {
				t.Errorf("a move = %v, want ErrBrokenLog", err)
			}
			leftEmpty(t, place)
			stays(t, file)
		})
	}
}

// Private

func unheard(store.Moving) {}

func move(t *testing.T, file, place string) store.Moved {
	t.Helper()
	done, err := store.Move(t.Context(), file, place, unheard)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// atCommit has a server do something when what was copied is to be kept.
func atCommit(t *testing.T, place, statement string) {
	t.Helper()
	alter(t, onServer(t, place), `CREATE SCHEMA fault`,
		`CREATE FUNCTION fault.last() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN `+statement+`; RETURN NULL; END $$`,
		`CREATE FUNCTION fault.plant() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
			IF to_regclass('account') IS NOT NULL AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'last') THEN
				CREATE CONSTRAINT TRIGGER last AFTER INSERT ON account DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fault.last();
			END IF; END $$`,
		`CREATE EVENT TRIGGER plant ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION fault.plant()`)
}

// stays wants a file to be the installation as before.
func stays(t *testing.T, file string) {
	t.Helper()
	if moved := column(t, onFile(t, file), `SELECT value FROM setting WHERE name = 'moved'`); len(moved) > 0 {
		t.Errorf("the file is marked as moved: %v", moved)
	}
}

// leftEmpty wants a database to have nothing in it.
func leftEmpty(t *testing.T, place string) {
	t.Helper()
	if left := column(t, onServer(t, place), tablesOfServer); len(left) > 0 {
		t.Errorf("there are left %v", left)
	}
}

func awaitKilled(child *exec.Cmd) error {
	err := child.Wait()
	if state := child.ProcessState; state != nil && !state.Exited() && slices.Contains([]int{-1}, state.ExitCode()) {
		return nil
	}
	return fmt.Errorf("the child was not killed: %w", err)
}
