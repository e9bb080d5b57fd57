package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/peer"
	"github.com/dictumal/dictumal/internal/store"
	"github.com/dictumal/dictumal/internal/store/storetest"
)

// disk is a database that can be made to refuse.
type disk struct {
	*store.Store
	full error
}

func (d *disk) AddDeeds(ctx context.Context, deeds ...dictumal.Deed) error {
	if d.full != nil {
		return d.full
	}
	return d.Store.AddDeeds(ctx, deeds...)
}

func newLog(t *testing.T) (*Log, *disk, *bytes.Buffer) {
	t.Helper()
	s, err := store.Open(t.Context(), storetest.Place(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	var said bytes.Buffer
	kept := &disk{Store: s}
	return New(kept, slog.New(slog.NewTextHandler(&said, nil))), kept, &said
}

func (d *disk) lines(t *testing.T) []dictumal.Line {
	t.Helper()
	lines, err := d.DeedsAfter(t.Context(), store.Deeds{}, 0, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

func TestADeedIsKeptThoughWhoAskedHasLeft(t *testing.T) {
	log, kept, _ := newLog(t)
	ctx, leave := context.WithCancel(peer.With(t.Context(), "192.0.2.7"))
	leave()
	log.Write(ctx, dictumal.Deed{Action: "deployment.destroy", Object: "D1", Via: dictumal.ViaSession, Actor: "u1", Result: dictumal.ResultDone})
	lines := kept.lines(t)
	if len(lines) != 1 || lines[0].From != "192.0.2.7" || time.Since(lines[0].At) > time.Minute {
		t.Errorf("the log holds %+v", lines)
	}
}

func TestADeedThatCannotBeWrittenIsToldAndWrittenWithTheNext(t *testing.T) {
	log, kept, said := newLog(t)
	kept.full = errors.New("the disk is full")
	log.Write(t.Context(), dictumal.Deed{Action: "token.create", Object: "T1", Actor: "u1"})
	for _, want := range []string{"token.create", "T1", "u1", "the disk is full", "level=ERROR"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("the program's log lacks %q: %s", want, said)
		}
	}
	if err := log.Whole(t.Context()); err == nil || !errors.Is(err, kept.full) {
		t.Errorf("the log says that it is whole: %v", err)
	}
	kept.full = nil
	log.Write(t.Context(), dictumal.Deed{Action: "token.revoke", Object: "T1", Actor: "u1"})
	lines := kept.lines(t)
	if len(lines) != 2 || lines[0].Action != "token.create" || lines[1].Action != "token.revoke" {
		t.Errorf("the log holds %+v", lines)
	}
	if err := log.Whole(t.Context()); err != nil {
		t.Errorf("the log says that it is not whole: %v", err)
	}
}

func TestALogThatIsAskedWhetherItIsWholeMakesItselfSo(t *testing.T) {
	log, kept, _ := newLog(t)
	kept.full = errors.New("the disk is full")
	for i := range mostWaiting + 1 {
		log.Write(t.Context(), dictumal.Deed{Action: "deployment.launch", Object: fmt.Sprint(i), Actor: "u1"})
	}
	kept.full = nil
	if err := log.Whole(t.Context()); err != nil {
		t.Fatal(err)
	}
	if lines := kept.lines(t); len(lines) != mostWaiting || lines[0].Object != "1" {
		t.Errorf("%d lines are kept, from %+v on; want the newest %d", len(lines), lines[0], mostWaiting)
	}
}

func TestWhatIsWrittenInALineCannotLookLikeAnother(t *testing.T) {
	log, kept, _ := newLog(t)
	log.Write(t.Context(), dictumal.Deed{
		Action: "sign-in.refused", Actor: "u1", Email: "a\r\nb@example.org", Detail: "\x1b[2J\u202egone\u2028\xff" + strings.Repeat("ä", 1000),
	})
	line := kept.lines(t)[0]
	if line.Email != `a\r\nb@example.org` {
		t.Errorf("the e-mail address is %q", line.Email)
	}
	if !strings.HasPrefix(line.Detail, `\x1b[2J\u202egone\u2028\ufffdää`) || !strings.HasSuffix(line.Detail, "ä…") || len(line.Detail) > 500 {
		t.Errorf("the detail is %d bytes: %q", len(line.Detail), line.Detail)
	}
}

func TestStrangersCannotFillTheDisk(t *testing.T) {
	log, kept, _ := newLog(t)
	noon := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	refused := dictumal.Deed{Action: "sign-in.refused", Via: dictumal.ViaAnonymous, Result: dictumal.ResultRefused}
	for i := range 1000 {
		refused.At = noon.Add(time.Duration(i) * 10 * time.Millisecond)
		log.Write(t.Context(), refused)
	}
	known := dictumal.Deed{At: noon.Add(20 * time.Second), Action: "deployment.destroy", Actor: "u1", Via: dictumal.ViaSession}
	log.Write(t.Context(), known)
	if lines := kept.lines(t); len(lines) != mostStrangers+1 || lines[mostStrangers].Actor != "u1" {
		t.Fatalf("%d lines are kept, want %d and that of somebody who is known", len(lines), mostStrangers)
	}
	refused.At = noon.Add(time.Minute)
	log.Write(t.Context(), refused)
	lines := kept.lines(t)[mostStrangers+1:]
	want := fmt.Sprintf("%d more attempts of people who are not known, in the minute from 2026-11-20 12:00:00.", 1000-mostStrangers)
	if len(lines) != 2 || lines[0].Detail != want || lines[0].Via != dictumal.ViaProgram || lines[1].Action != "sign-in.refused" {
		t.Errorf("the next minute begins with %+v", lines)
	}
}
