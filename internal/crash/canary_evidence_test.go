package crash_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// evidence is what was seen of a program, and where.
type evidence struct {
	mu   sync.Mutex
	seen []exhibit
}

type exhibit struct {
	place place
	label string
	text  []byte
}

func (e *evidence) add(place place, label string, text []byte) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.seen = append(e.seen, exhibit{place, label, bytes.Clone(text)})
}

// listener hears whatever is answered through a transport.
type listener struct {
	*evidence
	next   http.RoundTripper
	socket bool
}

// RoundTrip sends a request and keeps what comes back.
func (l listener) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := l.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	what := r.Method + " " + r.URL.Path
	header := inHeader
	if l.socket {
		header = inSocket
	}
	for name, values := range response.Header {
		l.add(header, name+" of "+what, []byte(strings.Join(values, "\n")))
	}
	if response.StatusCode == http.StatusSwitchingProtocols {
		return response, nil
	}
	body, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if err != nil && r.Context().Err() == nil {
		return nil, err
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	kind := response.Header.Get("Content-Type")
	at := inAnswer
	switch {
	case l.socket:
		at = inSocket
	case r.URL.Path == "/metrics":
		at = inMetrics
	case response.StatusCode >= http.StatusBadRequest:
		at = inRefusal
	case strings.HasPrefix(kind, "text/html"):
		at = inPage
	}
	l.add(at, what, body)
	return response, nil
}

// overhear keeps what a server is asked.
func (e *evidence) overhear(place place, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		for name, values := range r.Header {
			e.add(place, "header "+name, []byte(strings.Join(values, "\n")))
		}
		e.add(place, r.Method+" "+r.URL.Path, append([]byte(r.URL.String()+"\n"), body...))
		next.ServeHTTP(w, r)
	})
}

// processes looks at what anybody on the host may see of a process and its children.
func (e *evidence) processes(t *testing.T, pid int) {
	t.Helper()
	parents, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	for _, stat := range parents {
		text, err := os.ReadFile(stat)
		if err != nil {
			continue // it has ended
		}
		folder := filepath.Dir(stat)
		_, after, _ := strings.Cut(string(text), ") ") // its name may hold anything
		fields := strings.Fields(after)
		at := inChild
		if filepath.Base(folder) == strconv.Itoa(pid) {
			at = inProcess
		} else if len(fields) < 2 || fields[1] != strconv.Itoa(pid) {
			continue
		}
		for file, label := range map[string]string{"cmdline": "arguments", "environ": "environment"} {
			if text, err := os.ReadFile(filepath.Join(folder, file)); err == nil {
				e.add(at, label, text)
			}
		}
	}
}

// folder looks at the files of a data folder, and wants them to be their owner's alone.
func (e *evidence) folder(t *testing.T, path string) {
	t.Helper()
	err := filepath.WalkDir(path, func(file string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("others can get at %s (mode %04o)", entry.Name(), info.Mode().Perm())
		}
		if !info.Mode().IsRegular() {
			return nil
		}
		text, err := os.ReadFile(file)
		at := inFolder
		switch name := entry.Name(); {
		case strings.HasPrefix(name, "auth-secret"):
			at = inSecretFile
		case strings.HasPrefix(name, "dictumal.db"):
			at = inDatabase
		}
		e.add(at, entry.Name(), text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// weigh wants each canary where the table lets it stand only, and each decoy to be
// found in its place. Of a canary it tells what it is and never the value.
func (e *evidence) weigh(t *testing.T, canaries []canary, decoys map[place]string) {
	t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	f := newFinder(canaries)
	told := map[string]bool{}
	size := 0
	for _, x := range e.seen {
		size += len(x.text)
		for n, form := range f.find(x.text) {
			c := canaries[n]
			sentence := fmt.Sprintf("%s (%s) tells %s (%s)", x.place, x.label, c.kind, c.name)
			if !allowed(c.kind, x) && !told[sentence] {
				told[sentence] = true
				t.Error(sentence, form)
			}
		}
	}
	for place, decoy := range decoys {
		found := false
		f := newFinder([]canary{{value: []byte(decoy)}})
		for _, x := range e.seen {
			found = found || x.place == place && len(f.find(x.text)) > 0
		}
		if !found {
			t.Errorf("what was put into %s is not found there, so it was not searched", place)
		}
	}
	t.Logf("%d canaries, %d places with decoys, %d pieces of %d bytes", len(canaries), len(decoys), len(e.seen), size)
}

// answered is what was answered to a path.
func (e *evidence) answered(path string) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	var all strings.Builder
	for _, x := range e.seen {
		if x.place == inAnswer && strings.HasSuffix(x.label, path) {
			all.Write(x.text)
		}
	}
	return all.String()
}

func allowed(kind kind, x exhibit) bool {
	for _, spot := range table[kind] {
		if spot.holds(x.place, x.label) {
			return true
		}
	}
	return false
}

// ask is a request that is sent once; whatever is answered is kept by the transport.
func ask(ctx context.Context, client *http.Client, method, address, body string, header ...string) (*http.Response, error) {
	patience := patience
	if strings.HasSuffix(address, "/events") {
		patience = time.Second // it never ends
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	for n := 0; n+1 < len(header); n += 2 {
		request.Header.Set(header[n], header[n+1])
	}
	return client.Do(request)
}

// unescaped is a text as it was before it was put into an address.
func unescaped(text string) string {
	if plain, err := url.QueryUnescape(text); err == nil {
		return plain
	}
	return text
}

// unpacked is what the archives in a user-data hold.
func unpacked(t *testing.T, userData string) []byte {
	t.Helper()
	var all []byte
	for part := range strings.SplitSeq(userData, `"`) {
		packed, err := base64.StdEncoding.DecodeString(part)
		if err != nil || !bytes.HasPrefix(packed, []byte{0x1f, 0x8b}) {
			continue
		}
		archive, err := gzip.NewReader(bytes.NewReader(packed))
		if err != nil {
			t.Fatal(err)
		}
		plain, err := io.ReadAll(archive)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, plain...)
	}
	return all
}
