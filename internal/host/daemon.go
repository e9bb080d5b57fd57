package host

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/dictumal/dictumal"
)

// daemonPath is where the distributions' packages have the daemon.
const daemonPath = "/usr/libexec/incus/incusd"

// daemonLog has what the daemon says where no systemd keeps its journal.
const daemonLog = "/var/log/incus-daemon.log"

// daemon starts Incus where it does not run, and waits until it answers.
func (s *setup) daemon(ctx context.Context) error {
	if _, err := s.client.Server(ctx); err == nil {
		return nil
	}
	s.say("Starting Incus.")
	exited := make(chan error, 1)
	if systemdRuns() {
		if _, err := run(ctx, "systemctl", "start", "incus.socket", "incus.service"); err != nil {
			return err
		}
	} else if err := startDaemon(exited); err != nil {
		return err
	}
	return s.awaitDaemon(ctx, exited)
}

// Private

func systemdRuns() bool { return exists("/run/systemd/system") }

// startDaemon starts the daemon so that it outlives this program.
func startDaemon(exited chan<- error) error {
	if !exists(daemonPath) {
		return dictumal.NewError(dictumal.CodeUnavailable,
			"There is no "+daemonPath+" to start: start Incus in the way of this distribution and run setup again.")
	}
	if err := startView(); err != nil {
		return err
	}
	return detach(exited, daemonPath, "--group", "incus-admin")
}

// startView starts what shows machines their own share of memory and processors
// instead of the host's. One that was killed has left a dead mount.
func startView() error {
	const folder = "/var/lib/lxcfs"
	program, err := exec.LookPath("lxcfs")
	if err != nil || exists(folder+"/proc") {
		return nil //nolint:nilerr // machines do without it
	}
	_ = syscall.Unmount(folder, syscall.MNT_DETACH)
	return detach(nil, program, folder)
}

// detach starts a program in a session of its own, with as many open files as
// this host allows: many machines need many.
func detach(exited chan<- error, program string, arguments ...string) error {
	log, err := os.OpenFile(daemonLog, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o640)
	if err != nil {
		return fmt.Errorf("open the daemon's log: %w", err)
	}
	defer func() { _ = log.Close() }()
	const script = `ulimit -n 1048576 2>/dev/null || ulimit -n "$(ulimit -Hn)"; exec "$0" "$@"`
	// No context: the program is meant to stay when this one ends.
	command := exec.Command("/bin/sh", append([]string{"-c", script, program}, arguments...)...) //nolint:noctx // it stays
	command.Dir = "/"
	command.Stdout, command.Stderr = log, log
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := command.Start(); err != nil {
		return fmt.Errorf("start %s: %w", program, err)
	}
	go func() {
		err := command.Wait()
		if exited != nil {
			exited <- err
		}
	}()
	return nil
}

// awaitDaemon asks until the daemon answers; there is no socket to listen to
// before that.
func (s *setup) awaitDaemon(ctx context.Context, exited <-chan error) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		_, err := s.client.Server(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case ended := <-exited:
			return fmt.Errorf("the daemon ended at once; %s says why: %w", daemonLog, errors.Join(ended, err))
		case <-ctx.Done():
			return fmt.Errorf("the daemon does not answer; see %s or the journal: %w", daemonLog, err)
		}
	}
}
