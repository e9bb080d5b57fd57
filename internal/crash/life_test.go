package crash_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/client"
	"github.com/dictumal/dictumal/internal/crash"
	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

// life is one desktop's, as its owner sees it.
type life struct {
	*installation
	stream dictumal.Stream

	desk  client.Deployment
	ended time.Time // when its end was asked for; zero before
	stray string    // the name of a machine that no row owns
}

// story is what happens in a life.
type story func(l *life)

// simple is the life of a desktop with nothing amiss.
func simple(l *life) {
	l.start()
	l.order()
	l.await(dictumal.Active)
	l.launch()
	l.destroy()
}

// guarded has a desktop be looked after before its end.
func guarded(l *life) {
	l.start()
	l.order()
	l.await(dictumal.Active)
	l.until("the first look after it", func() bool { return slices.Contains(l.present().told(crash.Passed), "claim.ACTIVE") })
	l.destroy()
}

// lost has the answer to the order get lost after its effect.
func lost(l *life) {
	l.ocean.Fail("POST /v2/droplets", oceantest.DropAfterEffect())
	simple(l)
}

// void has the order get lost before its effect.
func void(l *life) {
	l.ocean.Fail("POST /v2/droplets", oceantest.Drop())
	simple(l)
}

// failing has a machine whose bootstrap fails, and waits until it is cleaned up.
func failing(l *life) {
	l.machines.failing = true
	l.start()
	l.order()
	l.await(dictumal.Errored)
	l.until("the end of the machine that was kept", func() bool { return l.noted("The machine was kept for") })
	l.destroy()
}

// strayed has a machine turn up that no row owns while the program is off.
func strayed(l *life) {
	ends := l.ends
	l.ends = nil
	l.start()
	l.order()
	l.await(dictumal.Active)
	l.present().kill()
	l.leave()
	l.ends = ends
	l.start()
	l.until("the end of the machine without an owner", func() bool {
		return !slices.ContainsFunc(l.ocean.Droplets(), func(d oceantest.Droplet) bool { return d.Name == l.stray })
	})
	l.destroy()
}

// order asks for a desktop, and again with the same key where nobody answers.
func (l *life) order() {
	l.Helper()
	var law client.Constitution
	l.insist(func() (err error) {
		law, err = l.local.CreateConstitution(l.Context(), "---\ntitle: A desk\n---\n# A desk\n")
		return err
	})
	l.insist(func() (err error) {
		l.desk, err = l.local.Deploy(l.Context(), client.Order{ConstitutionID: law.ID, Stream: l.stream}, "the only order "+string(l.stream))
		return err
	})
}

// await looks at the desktop until it is in a state.
func (l *life) await(want dictumal.Status) {
	l.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(40 * time.Millisecond) {
		l.insist(func() error {
			desk, err := l.local.Deployment(l.Context(), l.desk.ID)
			if err == nil {
				l.desk = desk
			}
			return err
		})
		switch {
		case l.desk.Status == want:
			l.explained()
			return
		case time.Now().After(deadline), l.desk.Status.Settled() && l.desk.Status != dictumal.Active:
			l.Fatalf("the desktop is %s (%+v), want %s", l.desk.Status, l.desk.Error, want)
		}
	}
}

// launch opens the desktop.
func (l *life) launch() {
	l.Helper()
	l.insist(func() error {
		_, err := l.local.Launch(l.Context(), l.desk.ID)
		return err
	})
}

// destroy asks for the end and waits for it.
func (l *life) destroy() {
	l.Helper()
	l.ended = time.Now()
	l.insist(func() error {
		_, err := l.local.Destroy(l.Context(), l.desk.ID)
		return err
	})
	l.await(dictumal.Destroyed)
}

// leave makes a machine like the desktop's that is older than it and has no row.
func (l *life) leave() {
	l.Helper()
	own := l.ocean.Droplets()[0]
	installation, attempt, _ := strings.Cut(strings.TrimPrefix(own.Name, "dictumal-"), "-")
	ordered, err := ulid.Parse(attempt)
	if err != nil {
		l.Fatal(err)
	}
	l.stray = dictumal.MachineName(installation, ulid.MustNew(ordered.Time()-1, nil).String())
	order, err := json.Marshal(map[string]any{
		"name": l.stray, "region": own.Region, "size": own.Size, "image": own.Image, "ssh_keys": own.SSHKeys, "user_data": own.UserData,
	})
	if err != nil {
		l.Fatal(err)
	}
	request, err := http.NewRequestWithContext(l.Context(), http.MethodPost, "http://ocean/v2/droplets", bytes.NewReader(order))
	if err != nil {
		l.Fatal(err)
	}
	response, err := oceantest.Bearer(token, l.ocean.Transport()).RoundTrip(request)
	if err != nil || response.StatusCode != http.StatusAccepted {
		l.Fatalf("leave a machine: %v, %v", response, err)
	}
	_ = response.Body.Close()
}

// events opens the stream of what has happened to the desktop.
func (l *life) events(ctx context.Context) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://local/api/deployments/"+l.desk.ID+"/events", http.NoBody)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Last-Event-ID", "0")
	return (&http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", filepath.Join(l.data, "control.sock"))
		},
	}}).Do(request)
}

// noted tells whether the program tells of something.
func (l *life) noted(text string) bool {
	noted := false
	l.read(func(kind, data string) bool {
		noted = kind == "note" && strings.Contains(data, text)
		return !noted
	})
	return noted
}

// told is what the program has told of the desktop from its first event to its last.
func (l *life) told() (statuses []dictumal.Status, stages []dictumal.Stage) {
	l.Helper()
	l.read(func(kind, data string) bool {
		var event struct {
			Status dictumal.Status `json:"status"`
			Stage  dictumal.Stage  `json:"stage"`
		}
		if err := json.Unmarshal([]byte(data), &event); err != nil {
			l.Fatal(fmt.Errorf("read the event %s: %w", data, err))
		}
		switch kind {
		case "status":
			statuses = append(statuses, event.Status)
		case "progress":
			stages = append(stages, event.Stage)
		}
		return event.Status != dictumal.Destroyed
	})
	return statuses, stages
}

// read goes through the events until the reader has enough, the program ends, or
// nothing has come for a while.
func (l *life) read(each func(kind, data string) bool) {
	ctx, cancel := context.WithCancel(l.Context())
	defer cancel()
	response, err := l.events(ctx)
	if err != nil {
		return
	}
	defer func() { _ = response.Body.Close() }()
	silence := time.AfterFunc(patience, cancel)
	defer silence.Stop()
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, 1<<20)
	for kind := ""; lines.Scan(); silence.Reset(patience) {
		field, value, _ := strings.Cut(lines.Text(), ": ")
		if field == "event" {
			kind = value
		}
		if field == "data" && !each(kind, value) {
			return
		}
	}
}
