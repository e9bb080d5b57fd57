package server

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/auth"
)

func TestMetricsAreForThisMachineAndForTokens(t *testing.T) {
	s := standing(t)
	s.Metrics = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "dictumal_build_info 1") })
	if err := s.Auth.Store.AddUser(t.Context(), dictumal.User{ID: "ada", CreatedAt: time.Now()}, "local", "ada"); err != nil {
		t.Fatal(err)
	}
	token, _, err := s.Auth.CreateToken(t.Context(), dictumal.Principal{User: dictumal.User{ID: "ada"}, Token: dictumal.SocketToken}, auth.Wish{})
	if err != nil {
		t.Fatal(err)
	}
	narrow, _, err := s.Auth.CreateToken(t.Context(), dictumal.Principal{User: dictumal.User{ID: "ada"}, Token: dictumal.SocketToken},
		auth.Wish{Scopes: []dictumal.Scope{dictumal.ScopeLaunch}})
	if err != nil {
		t.Fatal(err)
	}
	session := sessionOf(t, s, "ada")
	const here, there = "127.0.0.1:50000", "203.0.113.9:50000"
	for _, test := range []struct {
		name, from, host, url string
		header                []string
		want                  int
	}{
		{"this machine", here, "127.0.0.1:8080", "", nil, 200},
		{"this machine by its other name", here, "localhost:8080", "", nil, 200},
		{"this machine in the newer way", "[::1]:50000", "[::1]:8080", "", nil, 200},
		{"this machine in the newer way for the older", "[::ffff:127.0.0.1]:50000", "127.0.0.1:8080", "", nil, 200},
		{"another machine", there, "127.0.0.1:8080", "", nil, 401},
		{"another machine with a token", there, "127.0.0.1:8080", "", []string{"Authorization", "Bearer " + token}, 200},
		{"another machine with a token that may only open desktops", there, "127.0.0.1:8080", "", []string{"Authorization", "Bearer " + narrow}, 403},
		{"another machine with a token that is none", there, "127.0.0.1:8080", "", []string{"Authorization", "Bearer dictumal_AAAA"}, 401},
		{"another machine with a session only", there, "127.0.0.1:8080", "", []string{"Cookie", session}, 401},
		{"a proxy here", here, "127.0.0.1:8080", "", []string{"X-Forwarded-For", "203.0.113.9"}, 401},
		{"a proxy here in the standard's words", here, "127.0.0.1:8080", "", []string{"Forwarded", "for=203.0.113.9"}, 401},
		{"a proxy here that says so only", here, "127.0.0.1:8080", "", []string{"Via", "1.1 proxy"}, 401},
		{"somebody who says that they are here", there, "127.0.0.1:8080", "", []string{"X-Forwarded-For", "127.0.0.1"}, 401},
		{"a proxy here, with a token", here, "127.0.0.1:8080", "", []string{"X-Forwarded-For", "203.0.113.9", "Authorization", "Bearer " + token}, 200},
		{"a site whose name leads here", here, "rebound.example.com", "", nil, 401},
		{"a proxy here that says nothing", here, "127.0.0.1:8080", "desktops.example.org", nil, 401},
		{"a Unix socket", "@", "127.0.0.1:8080", "", nil, 401},
	} {
		t.Run(test.name, func(t *testing.T) {
			s.URL.Host = "127.0.0.1:8080"
			if test.url != "" {
				s.URL.Host = test.url
			}
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody)
			r.RemoteAddr, r.Host = test.from, test.host
			for pair := range slices.Chunk(test.header, 2) {
				r.Header.Set(pair[0], pair[1])
			}
			w := httptest.NewRecorder()
			s.protect(s.handle(http.NotFoundHandler())).ServeHTTP(w, r)
			if w.Code != test.want {
				t.Errorf("GET /metrics = %d, want %d", w.Code, test.want)
			}
		})
	}
}

func TestEveryAnswerIsToldOfByItsRoute(t *testing.T) {
	s := standing(t)
	var told []string
	s.Answered = func(route string, code int, _ time.Duration) { told = append(told, fmt.Sprint(route, " ", code)) }
	api := http.NewServeMux()
	api.HandleFunc("GET /api/things/{id}", func(w http.ResponseWriter, r *http.Request) {
		switch r.PathValue("id") {
		case "silent":
		case "broken":
			panic("broken")
		case "missing":
			w.WriteHeader(http.StatusNotFound)
			w.WriteHeader(http.StatusOK) // which changes nothing
		default:
			fmt.Fprintln(w, "a thing")
			told = append(told, "goes on")
			fmt.Fprintln(w, "and more of it")
		}
	})
	for _, id := range []string{"one", "silent", "missing", "broken"} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/things/"+id, http.NoBody)
		s.protect(s.handle(api)).ServeHTTP(httptest.NewRecorder(), r)
	}
	get(t, s, "/nowhere")
	const route = "GET /api/things/{id} "
	if want := []string{route + "200", "goes on", route + "200", route + "404", route + "500", " 404"}; !slices.Equal(told, want) {
		t.Errorf("told of %q, want %q", told, want)
	}
}

// Private

// sessionOf signs a user in and returns the cookie of the session.
func sessionOf(t *testing.T, s *Server, user string) string {
	t.Helper()
	code, err := s.Auth.SignInCode(t.Context(), dictumal.Principal{User: dictumal.User{ID: user}})
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	if err := s.Auth.SignIn(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/sign-in", http.NoBody), code); err != nil {
		t.Fatal(err)
	}
	return w.Header().Get("Set-Cookie")
}
