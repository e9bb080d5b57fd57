package app_test

import (
	"database/sql"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal/internal/app"
	"github.com/dictumal/dictumal/internal/config"
)

func TestTheServerIsReadyWhileItsDatabaseCanBeWritten(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	url := serve(t, data)
	if code, body := get(t, url+"/readyz"); code != http.StatusOK {
		t.Fatalf("GET /readyz = %d %s, want 200", code, body)
	}
	let := lockOut(t, filepath.Join(data, "dictumal.db"))
	code, body := get(t, url+"/readyz")
	if code != http.StatusServiceUnavailable || !strings.Contains(body, "whether another program holds it") {
		t.Errorf("GET /readyz = %d %s while another program holds the database, want 503 and what to do", code, body)
	}
	if code, body := get(t, url+"/healthz"); code != http.StatusOK {
		t.Errorf("GET /healthz = %d %s, want 200: the process answers", code, body)
	}
	if code, body := get(t, url+"/metrics"); code != http.StatusOK || !strings.Contains(body, `dictumal_http_requests_seconds_count{code="503",route="GET /readyz"} 1`) {
		t.Errorf("GET /metrics = %d, and does not tell that the server was not ready:\n%s", code, body)
	}
	let()
	for end := time.Now().Add(time.Minute); code != http.StatusOK && time.Now().Before(end); {
		code, body = get(t, url+"/readyz")
	}
	if code != http.StatusOK {
		t.Errorf("GET /readyz = %d %s a minute after the database is free", code, body)
	}
}

// Private

// serve runs the program until the test ends.
func serve(t *testing.T, data string) (url string) {
	t.Helper()
	cfg, err := config.Load([]string{
		"DICTUMAL_LISTEN=127.0.0.1:0", "DICTUMAL_DATA_DIR=" + data, "INCUS_SOCKET=" + filepath.Join(data, "no-incus"),
	}, "")
	if err != nil {
		t.Fatal(err)
	}
	program, err := app.New(t.Context(), cfg, "test", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	run(t, program)
	return program.URL()
}

// lockOut takes the lock for writing, as another process would, and returns how to
// give it back.
func lockOut(t *testing.T, file string) (let func()) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+file+"?_txlock=immediate&_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := errors.Join(tx.Rollback(), db.Close()); err != nil {
			t.Error(err)
		}
	}
}

func get(t *testing.T, address string) (code int, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}
