package problem_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/problem"
)

func TestWhoComesTooOftenLearnsWhenToComeBack(t *testing.T) {
	tooMany := dictumal.NewError(dictumal.CodeTooMany, "Too often; wait a little.")
	tooMany.Retry = 1500 * time.Millisecond
	answerer := problem.Answerer{Log: slog.New(slog.DiscardHandler)}
	w := httptest.NewRecorder()
	answerer.Answer(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody), tooMany)
	if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") != "2" {
		t.Errorf("answered %d, Retry-After %q", w.Code, w.Header().Get("Retry-After"))
	}
	if body := w.Body.String(); !strings.Contains(body, `"code":"too-many"`) || !strings.Contains(body, "wait a little") {
		t.Errorf("body %s", body)
	}
}
