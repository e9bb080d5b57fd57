package postgrestest

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
)

// Private

// life ends a server and takes its files away: when it is told to, or when this process
// ends, however it ends.
type life struct {
	ours  *os.File
	watch *exec.Cmd
}

func (s *Server) live() (*life, error) {
	const script = `read -r _; "$0" -D "$1/data" -m immediate stop; rm -rf "$1"`
	theirs, ours, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	watch := s.command("/bin/sh", "-c", script, filepath.Join(s.bin, "pg_ctl"), s.folder)
	watch.Stdin = theirs
	if err := errors.Join(watch.Start(), theirs.Close()); err != nil {
		return nil, errors.Join(err, ours.Close())
	}
	return &life{ours: ours, watch: watch}, nil
}

func (l *life) end() {
	_ = l.ours.Close()
	_ = l.watch.Wait() // it fails where the server is down already
}
