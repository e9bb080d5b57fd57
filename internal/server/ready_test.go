package server

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dictumal/dictumal/internal/gateway"
	"github.com/dictumal/dictumal/internal/problem"
)

func TestReadyzIsTrueOnlyWhileTheDatabaseAnswers(t *testing.T) {
	s := standing(t)
	var down atomic.Pointer[error]
	s.ready.ask = func(context.Context) error {
		if err := down.Load(); err != nil {
			return *err
		}
		return nil
	}
	if code, _ := get(t, s, "/readyz"); code != http.StatusOK {
		t.Errorf("GET /readyz = %d, want 200", code)
	}
	lost := errors.New("disk I/O error")
	down.Store(&lost)
	code, body := get(t, s, "/readyz")
	var problem struct{ Detail string }
	if err := json.Unmarshal([]byte(body), &problem); err != nil || code != http.StatusServiceUnavailable || !strings.HasPrefix(problem.Detail, "The database does not answer") {
		t.Errorf("GET /readyz = %d %s, want 503 and a problem with the database", code, body)
	}
	if strings.Contains(body, lost.Error()) {
		t.Errorf("the body shows the cause: %s", body)
	}
	if code, _ := get(t, s, "/healthz"); code != http.StatusOK {
		t.Errorf("GET /healthz = %d, want 200: the process answers", code)
	}
	down.Store(nil)
	if code, _ := get(t, s, "/readyz"); code != http.StatusOK {
		t.Errorf("GET /readyz = %d, want 200 again", code)
	}
}

func TestReadyzDoesNotHangWithTheDatabase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int32
		stuck := make(chan struct{})
		r := &readiness{ask: func(context.Context) error {
			asked.Add(1)
			<-stuck
			return nil
		}}
		begun := time.Now()
		for range 3 {
			go func() {
				if err := r.fault(t.Context()); err == nil {
					t.Error("ready, though the database has not answered")
				}
			}()
		}
		time.Sleep(time.Second)
		if err := r.fault(t.Context()); err == nil || time.Since(begun) != time.Second+readyTime {
			t.Errorf("after %s: %v; want a fault after %s", time.Since(begun)-time.Second, err, readyTime)
		}
		if asked.Load() != 1 {
			t.Errorf("the database was asked %d times at once, want once", asked.Load())
		}
		close(stuck)
		synctest.Wait()
		if err := r.fault(t.Context()); err != nil {
			t.Errorf("not ready, though the database answers again: %v", err)
		}
	})
}

func TestReadyzIsFalseWhileTheServerShutsDown(t *testing.T) {
	options := standing(t).Options
	options.Socket, options.Gateway, options.API = filepath.Join(t.TempDir(), "s"), gateway.New(nil, options.Log), nothing{}
	options.Ready = func(context.Context) error { return nil }
	s, err := New(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	if code, body := get(t, s, "/readyz"); code != http.StatusOK {
		t.Errorf("GET /readyz = %d %s, want 200", code, body)
	}
	if err := errors.Join(s.Shutdown(t.Context()), s.Close()); err != nil {
		t.Fatal(err)
	}
	if code, body := get(t, s, "/readyz"); code != http.StatusServiceUnavailable || !strings.Contains(body, "shutting down") {
		t.Errorf("GET /readyz = %d %s, want 503", code, body)
	}
	if code, _ := get(t, s, "/healthz"); code != http.StatusOK {
		t.Errorf("GET /healthz = %d, want 200: the process answers", code)
	}
}

func TestAServerThatIsAboutToStopSaysSoAndGoesOnAnswering(t *testing.T) {
	h := newHouse(t)
	h.Leave()
	if code, body := get(t, h.Server, "/readyz"); code != http.StatusServiceUnavailable || !strings.Contains(body, "shutting down") {
		t.Errorf("GET /readyz = %d %s, want 503", code, body)
	}
	id, cookie := h.desktop("ada@example.org"), h.signIn("ada@example.org")
	if answer := h.ask(http.MethodGet, "/api/deployments/"+id, cookie, ""); answer.Code != http.StatusOK {
		t.Errorf("GET of a deployment = %d, want 200 while others are told", answer.Code)
	}
}

// Private

// standing is a server that answers errors as people and programs get them.
func standing(t *testing.T) *Server {
	t.Helper()
	s := bare(t)
	s.Fail = (&problem.Answerer{Log: slog.New(slog.DiscardHandler)}).Answer
	s.Web, s.Metrics = nothing{}, http.NotFoundHandler()
	s.ready.ask = func(context.Context) error { return nil }
	return s
}

// get asks the server as a program from outside does.
func get(t *testing.T, s *Server, path string) (code int, body string) {
	t.Helper()
	w := httptest.NewRecorder()
	s.protect(s.handle(http.NotFoundHandler())).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody))
	return w.Code, w.Body.String()
}
