package digitalocean

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

	"github.com/dictumal/dictumal"
)

// Shelf is where replicas leave the lists of machines that they have read for each
// other, so that several cost no more calls than one.
type Shelf interface {
	// AskList returns the newest list of a source that was begun later than another, and
	// no longer ago than age; what it holds, when it was begun by the shelf's clock, and
	// how long ago that is. Without such a list whoever asks begins one: there is a begun
	// and no content. Where another has done so, within patience, there is neither.
	AskList(ctx context.Context, source string, later int64, age, patience time.Duration) (begun int64, old time.Duration, content string, err error)
	// KeepList keeps a list that was begun, for the others; without content it failed.
	KeepList(ctx context.Context, source string, begun int64, content string) error
}

// Private

const (
	// askList is how often it is asked whether the list has come that another reads.
	askList = 200 * time.Millisecond
	// listPatience is how long it is waited for at least. Who reads it may have died.
	listPatience = 10 * time.Second
)

// library reads lists, or takes over one that another replica has read.
type library struct {
	list   func(context.Context) (reading, error)
	shelf  Shelf // nil: there is no other replica
	source string
}

// wish is which list is good enough.
type wish struct {
	later    int64     // than this one of the shelf's
	since    time.Time // it was begun after that
	patience time.Duration
}

// source names what is listed without telling the token. What the lists hold is part
// of it: another version that keeps something else has a place of its own.
func source(config Config) string {
	name := sha256.Sum256([]byte(strings.Join([]string{"machines 1", config.URL, config.Installation, config.Token}, "\n")))
	return hex.EncodeToString(name[:])
}

// read returns a list that was begun after since, by whoever.
func (l *library) read(ctx context.Context, want wish) (reading, error) {
	if l.shelf == nil {
		return l.own(ctx, 0)
	}
	for {
		asked := time.Now() // before the shelf looks at its clock: the list is taken for older rather than younger
		begun, old, content, err := l.ask(ctx, want, asked)
		switch {
		case err != nil:
			return reading{}, refusalLedger(err)
		case content != "":
			if read, err := unpack(content, begun, asked.Add(-old)); err == nil {
				return read, nil
			}
			return l.own(ctx, begun)
		case begun != 0:
			return l.own(ctx, begun)
		}
		if !rest(ctx, askList) {
			return reading{}, ended(ctx)
		}
	}
}

func (l *library) ask(ctx context.Context, want wish, now time.Time) (begun int64, old time.Duration, content string, err error) {
	ctx, cancel := context.WithTimeout(ctx, lookWait)
	defer cancel()
	return l.shelf.AskList(ctx, l.source, want.later, now.Sub(want.since)-time.Microsecond, want.patience)
}

// own reads a list, and keeps it for the others where they wait for it. That this fails
// costs them no more than a list of their own. It has the time of a flight, however long
// another replica's was waited for.
func (l *library) own(ctx context.Context, number int64) (reading, error) {
	begun := time.Now()
	whole, cancel := context.WithTimeout(context.WithoutCancel(ctx), flightTime)
	defer cancel()
	read, err := l.list(whole)
	read.number, read.begun, read.landed = number, begun, time.Now()
	if l.shelf != nil {
		content := ""
		if err == nil {
			content = pack(read)
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookWait)
		defer cancel()
		_ = l.shelf.KeepList(ctx, l.source, number, content)
	}
	return read, err
}

// volume is a list as it stands on the shelf.
type volume struct {
	Pages    int
	Machines []dictumal.Machine
}

func pack(read reading) string {
	content, _ := json.Marshal(volume{read.pages, read.machines}) // of texts, numbers and times, which cannot fail
	return string(content)
}

func unpack(content string, number int64, begun time.Time) (reading, error) {
	var kept volume
	if err := json.Unmarshal([]byte(content), &kept); err != nil {
		return reading{}, err
	}
	read := reading{machines: kept.Machines, byID: map[string]dictumal.Machine{}, pages: kept.Pages, number: number, begun: begun}
	for _, m := range kept.Machines {
		read.byID[m.ID] = m
	}
	return read, nil
}
