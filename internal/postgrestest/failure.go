package postgrestest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Restart ends every connection at once and starts the server anew, as after a crash.
func (s *Server) Restart(tb testing.TB) {
	tb.Helper()
	must(tb, s.run("pg_ctl", "-D", s.data(), "-l", filepath.Join(s.folder, "log"), "-m", "immediate", "-w", "restart"))
}

// Kill kills all of the server's processes at once, as where its machine is lost.
func (s *Server) Kill(tb testing.TB) {
	tb.Helper()
	s.signal(tb, syscall.SIGKILL)
	for deadline := time.Now().Add(time.Minute); len(s.processes(tb)) > 0; {
		if time.Now().After(deadline) {
			tb.Fatal("the server's processes do not end")
		}
		time.Sleep(time.Millisecond)
	}
}

// Freeze stops all of the server's processes: it answers nobody, and closes nothing.
func (s *Server) Freeze(tb testing.TB) {
	tb.Helper()
	s.signal(tb, syscall.SIGSTOP)
	tb.Cleanup(func() { s.signal(tb, syscall.SIGCONT) }) // or it could not be ended
}

// Thaw lets a server that was frozen go on.
func (s *Server) Thaw(tb testing.TB) {
	tb.Helper()
	s.signal(tb, syscall.SIGCONT)
}

// Resume starts a server that was killed again, with all that it had committed.
func (s *Server) Resume(tb testing.TB) {
	tb.Helper()
	// These name a process that may count as alive for as long as nobody has buried it.
	locks, err := filepath.Glob(filepath.Join(s.folder, ".s.PGSQL.*"))
	must(tb, err)
	for _, lock := range append(locks, filepath.Join(s.data(), "postmaster.pid")) {
		must(tb, os.Remove(lock))
	}
	must(tb, s.start())
}

// Standby starts a server that follows this one. From now on this one commits nothing
// that the other has not, so that nothing is lost where the other takes over; and
// nothing at all while the other is away.
func (s *Server) Standby(tb testing.TB) *Server {
	tb.Helper()
	standby, err := newServer(freePort(tb))
	must(tb, err)
	tb.Cleanup(standby.life.end)
	from := "host=" + s.folder + " port=" + s.port + " user=postgres"
	must(tb, standby.run("pg_basebackup", "-d", from, "-D", standby.data(), "-R", "-X", "stream", "-c", "fast", "--no-sync"))
	must(tb, standby.set(""))
	must(tb, standby.start())
	s.Do(tb, `ALTER SYSTEM SET synchronous_standby_names = '*'`)
	s.Do(tb, `SELECT pg_reload_conf()`)
	s.Do(tb, `DO $$ BEGIN
		WHILE NOT EXISTS (SELECT FROM pg_stat_replication WHERE sync_state = 'sync') LOOP
			PERFORM pg_sleep(0.01);
			PERFORM pg_stat_clear_snapshot();
		END LOOP;
	END $$`)
	return standby
}

// Promote has a standby take over. The server that it followed must be dead.
func (s *Server) Promote(tb testing.TB) {
	tb.Helper()
	must(tb, s.run("pg_ctl", "-D", s.data(), "-w", "promote"))
}

// Private

func (s *Server) signal(tb testing.TB, signal syscall.Signal) {
	tb.Helper()
	for _, pid := range s.processes(tb) {
		if err := syscall.Kill(pid, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			tb.Fatal(err)
		}
	}
}

// processes are those of the server, the first of them first: it would start others
// anew. Each of them works in the server's data.
func (s *Server) processes(tb testing.TB) (pids []int) {
	tb.Helper()
	entries, err := os.ReadDir("/proc")
	must(tb, err)
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		place, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid))
		if err != nil || place != s.data() {
			continue
		}
		if s.first(pid) {
			pids = append([]int{pid}, pids...)
		} else {
			pids = append(pids, pid)
		}
	}
	return pids
}

func (s *Server) first(pid int) bool {
	text, err := os.ReadFile(filepath.Join(s.data(), "postmaster.pid"))
	line, _, _ := strings.Cut(string(text), "\n")
	return err == nil && line == strconv.Itoa(pid)
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}
