package main

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"
)

// guacamole answers as far as a launch goes: the page, and the login by a token.
func guacamole() error {
	logins, err := newLogins(os.Getenv("JSON_SECRET_KEY"))
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /guacamole/{$}", page)
	mux.Handle("POST /guacamole/api/tokens", logins)
	server := &http.Server{Addr: "127.0.0.1:8080", Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	log.Printf("listening at %s", server.Addr)
	return server.ListenAndServe()
}

func page(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = fmt.Fprint(w, "<!doctype html><title>STAND-IN</title><h1>STAND-IN</h1><p>This is not Guacamole, but a stand-in for tests.\n")
}

// ServeHTTP answers as Guacamole does: every fault of a token is the same 403.
func (l *logins) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	w.Header().Set("Content-Type", "application/json")
	user, err := l.admit(r.PostFormValue("data"), time.Now())
	if err != nil {
		log.Printf("refused a login: %v", err)
		w.WriteHeader(http.StatusForbidden)
		_, _ = fmt.Fprint(w, `{"message":"Permission denied.","type":"INVALID_CREDENTIALS"}`)
		return
	}
	_ = json.NewEncoder(w).Encode(session{
		AuthToken: rand.Text(), Username: user, DataSource: "json", AvailableDataSources: []string{"json"},
	})
}

type session struct {
	AuthToken            string   `json:"authToken"`
	Username             string   `json:"username"`
	DataSource           string   `json:"dataSource"`
	AvailableDataSources []string `json:"availableDataSources"`
}
