package server

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// listening is a stream of events as a program reads it.
type listening struct {
	t    *testing.T
	body io.ReadCloser
	text *bufio.Scanner
}

func TestAStreamOfEventsGoesOnAtTheOtherReplica(t *testing.T) {
	r := newReplicas(t, func(r *replicas) { r.host = machineOf(t) })
	id, cookie := r.desktop(r.all[0], "ada@example.org"), r.signIn(r.all[0], "ada@example.org")
	before, err := r.all[0].control.LastEvent(t.Context())
	r.must(err)
	const each = 60
	for at, one := range r.all {
		go func() {
			for i := range each {
				if err := one.rows.Note(t.Context(), id, fmt.Sprint("note ", i, " at ", at)); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	last := strconv.FormatInt(before, 10)
	for got := 0; got < 2*each; {
		stream := r.listen(r.all[got%2], "/api/events", cookie, "Last-Event-ID", last)
		for range min(7, 2*each-got) { // then it is cut, and another replica has the rest
			id := stream.next(t)
			if want := before + int64(got) + 1; id != strconv.FormatInt(want, 10) {
				t.Fatalf("after event %s comes %s, want %d", last, id, want)
			}
			last = id
			got++
		}
		_ = stream.body.Close()
	}
}

func TestNothingIsMissedWhileTheReplicaHearsNothing(t *testing.T) {
	r := newReplicas(t, func(r *replicas) { r.host = machineOf(t) })
	id, cookie := r.desktop(r.all[0], "ada@example.org"), r.signIn(r.all[0], "ada@example.org")
	before, err := r.all[0].control.LastEvent(t.Context())
	r.must(err)
	stream := r.listen(r.all[1], "/api/deployments/"+id+"/events", cookie, "Last-Event-ID", strconv.FormatInt(before, 10))
	server, err := pgx.Connect(t.Context(), r.database)
	r.must(err)
	t.Cleanup(func() { r.must(server.Close(t.Context())) })
	cut := 0
	for i := range 40 {
		if i%8 == 0 {
			var ended int
			r.must(server.QueryRow(t.Context(), `SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity
				WHERE datname = current_database() AND query = 'LISTEN dictumal'`).Scan(&ended))
			cut += ended
		}
		r.must(r.all[0].rows.Note(t.Context(), id, fmt.Sprint("note ", i)))
		if got, want := stream.next(t), strconv.FormatInt(before+int64(i)+1, 10); got != want {
			t.Fatalf("event %s came, want %s", got, want)
		}
	}
	if cut < 4 {
		t.Errorf("only %d connections were cut", cut)
	}
}

func TestWhatIsOrderedAtOneReplicaIsThereAtTheOther(t *testing.T) {
	r := newReplicas(t, func(r *replicas) { r.host = machineOf(t) })
	cookie := r.signIn(r.all[0], "ada@example.org")
	for i := range 10 {
		id := r.desktop(r.all[i%2], "ada@example.org")
		var answers []string
		for _, one := range r.all {
			answer := r.ask(one, http.MethodGet, "/api/deployments", cookie, "")
			if answer.Code != http.StatusOK || !strings.Contains(answer.Body.String(), id) {
				t.Fatalf("GET answers %d without what was ordered", answer.Code)
			}
			answers = append(answers, answer.Body.String())
		}
		if answers[0] != answers[1] {
			t.Errorf("the replicas answer\n%s\nand\n%s", answers[0], answers[1])
		}
	}
}

// listen opens a stream of events.
func (r *replicas) listen(one *replica, path, cookie string, header ...string) *listening {
	r.t.Helper()
	request, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, one.address+path, http.NoBody)
	r.must(err)
	request.Host = r.url.Host
	if cookie != "" {
		request.Header.Set("Cookie", cookie)
	}
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	answer, err := http.DefaultClient.Do(request)
	r.must(err)
	r.t.Cleanup(func() { _ = answer.Body.Close() })
	if answer.StatusCode != http.StatusOK {
		r.t.Fatalf("GET %s answers %d", path, answer.StatusCode)
	}
	return &listening{r.t, answer.Body, bufio.NewScanner(answer.Body)}
}

// next is the number of the next event.
func (l *listening) next(t *testing.T) string {
	t.Helper()
	for l.text.Scan() {
		if id, ok := strings.CutPrefix(l.text.Text(), "id: "); ok {
			return id
		}
	}
	t.Fatalf("the stream has ended: %v", l.text.Err())
	return ""
}

// end waits until the stream ends.
func (l *listening) end(t *testing.T) {
	t.Helper()
	for l.text.Scan() {
		continue
	}
}
