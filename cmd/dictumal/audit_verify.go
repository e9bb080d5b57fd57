package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/client"
)

type auditVerifyCommand struct {
	File string `arg:"" optional:"" help:"An export of the audit log; without one the server's is read."`
	Has  string `help:"A chain that was noted earlier, and that one of the lines must still have." placeholder:"CHAIN"`
}

// verified is what a check of the audit log has come to.
type verified struct {
	Lines int    `json:"lines"`
	First int64  `json:"first"`
	Last  int64  `json:"last"`
	Chain string `json:"chain"` // of the last line
	has   bool
}

// Run checks that no line of the audit log was changed, removed or put in between.
func (c auditVerifyCommand) Run(w *world) error {
	var seen verified
	read := func(from io.Reader) error {
		return client.ReadAudit(from, func(line client.AuditLine) error { return seen.add(line, c.Has) })
	}
	if err := c.open(w, read); err != nil {
		return err
	}
	if c.Has != "" && !seen.has {
		return dictumal.NewError(dictumal.CodeConflict,
			"No line of the audit log has the chain "+c.Has+": the log was written anew, or lines were cut off. Compare it with an earlier export.")
	}
	return w.answer(seen, func() { w.sayVerified(seen) })
}

// Private

// open reads the file, or what the server exports. Nothing of that is kept: a log may
// be longer than the memory.
func (c auditVerifyCommand) open(w *world, read func(io.Reader) error) error {
	if c.File != "" {
		file, err := os.Open(c.File)
		if err != nil {
			return fmt.Errorf("open the export: %w", err)
		}
		return errors.Join(read(file), file.Close())
	}
	server, err := w.client()
	if err != nil {
		return err
	}
	from, to := io.Pipe()
	go func() { _ = to.CloseWithError(server.ExportAudit(w.ctx, client.AuditQuery{}, to)) }() // it is never an error
	err = read(from)
	return errors.Join(err, from.CloseWithError(err))
}

// add checks the next line. Of a part of the log the first can only be believed.
func (v *verified) add(line client.AuditLine, wanted string) error {
	switch {
	case v.Lines > 0 && line.Number != v.Last+1:
		return dictumal.NewError(dictumal.CodeConflict,
			fmt.Sprintf("After line %d of the audit log comes line %d: what was between them is missing. Compare it with an earlier export.", v.Last, line.Number))
	case (v.Lines > 0 || line.Number == 1) && line.Chain != line.Follows(v.Chain):
		return dictumal.NewError(dictumal.CodeConflict,
			fmt.Sprintf("Line %d of the audit log is not the one that was written: it, or one before it, was changed. Compare it with an earlier export.", line.Number))
	case v.Lines == 0:
		v.First = line.Number
	}
	v.Lines, v.Last, v.Chain = v.Lines+1, line.Number, line.Chain
	v.has = v.has || line.Chain == wanted
	return nil
}

func (w *world) sayVerified(v verified) {
	switch {
	case v.Lines == 0:
		w.say("The audit log is empty.")
	case v.First != 1:
		w.say("Lines %d to %d follow from each other; what came before them is not in the file.", v.First, v.Last)
	default:
		w.say("All %d lines of the audit log are as they were written.", v.Last)
	}
	if v.Lines > 0 {
		w.say("Note the chain of the last one elsewhere, and ask for it later with --has:\n%s", v.Chain)
	}
}
