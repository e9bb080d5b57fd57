package crash_test

import (
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/coder/websocket"

	"github.com/dictumal/dictumal/internal/client"
)

// visitor is somebody at the program's front door.
type visitor struct {
	*life
	base   string
	client *http.Client
	cookie *http.Cookie
}

func (v *visitor) get(path string, header ...string) string {
	v.Helper()
	body, _ := v.send(http.MethodGet, path, nil, header...)
	return body
}

func (v *visitor) post(path, kind, body string) []*http.Cookie {
	v.Helper()
	_, cookies := v.send(http.MethodPost, path, strings.NewReader(body), "Content-Type", kind)
	return cookies
}

func (v *visitor) send(method, path string, body io.Reader, header ...string) (answer string, cookies []*http.Cookie) {
	v.Helper()
	request, err := http.NewRequestWithContext(v.Context(), method, v.base+path, body)
	if err != nil {
		v.Fatal(err)
	}
	for pair := range slices.Chunk(header, 2) {
		request.Header.Set(pair[0], pair[1])
	}
	if v.cookie != nil {
		request.AddCookie(v.cookie)
	}
	response, err := v.client.Do(request)
	if err != nil {
		v.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		v.Fatal(err)
	}
	return string(text), response.Cookies()
}

// watch opens the desktop as its page does, and reads what comes until it ends.
func (v *visitor) watch(path string) {
	v.Helper()
	conn, _, err := websocket.Dial(v.Context(), v.base+path, &websocket.DialOptions{ //nolint:bodyclose // the library closes it
		HTTPHeader: http.Header{"Origin": {v.base}, "Cookie": {v.cookie.String()}},
	})
	if err != nil {
		return // of a machine that has a stream of its own
	}
	_, _, _ = conn.Read(v.Context())
	_ = conn.CloseNow()
}

// visit comes to the program as people and programs do, with what lets them in, once
// and once too often, and with what does not.
func (s secrets) visit(l *life) {
	l.Helper()
	server, err := l.local.Server(l.Context())
	if err != nil {
		l.Fatal(err)
	}
	v := &visitor{life: l, base: server.URL, client: &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	api, err := l.local.CreateToken(l.Context(), client.TokenOrder{})
	if err != nil {
		l.Fatal(err)
	}
	wrong, desk := "dictumal_ACANARYTHATLETSNOBODYIN", "/desktop/"+l.desk.ID
	s["a token"], s["a wrong token"] = []byte(api), []byte(wrong)
	link, err := l.local.SignInLink(l.Context())
	if err != nil {
		l.Fatal(err)
	}
	_, code, _ := strings.Cut(link, "code=")
	s["the code of a sign-in"] = []byte(code)

	v.get("/api/deployments", "Authorization", "Bearer "+api)
	v.get("/api/deployments/"+l.desk.ID+"/launch?token="+api, "Authorization", "Bearer "+wrong)
	v.get("/api/deployments?token="+wrong, "Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte("ada:"+wrong)))
	v.get("/sign-in?code=" + code)
	for range 2 {
		for _, cookie := range v.post("/sign-in", "application/x-www-form-urlencoded", "code="+code) {
			s["a session"] = []byte(cookie.Value)
			v.cookie = cookie
		}
	}
	if v.cookie == nil {
		l.Fatal("the link signs nobody in")
	}
	v.get("/instances/" + l.desk.ID)
	document := "a canary that somebody has written"
	s["a document"] = []byte(document)
	v.post("/api/constitutions", "application/json", `{"document":"---\ntitel: `+document+`\n---\n"}`)
	v.post("/api/constitutions", "application/json", `{"document":`+document)

	location, err := l.local.Launch(l.Context(), l.desk.ID)
	if err != nil {
		if l.machines.failing {
			return
		}
		l.Fatal(err)
	}
	_, fragment, _ := strings.Cut(location, "#")
	_, launch, _ := strings.Cut(fragment, "=")
	if launch == "" {
		l.Fatalf("the launch %s has no secret", location)
	}
	s["a launch"] = []byte(launch)
	if unescaped, err := url.QueryUnescape(launch); err == nil {
		s["the token of a launch"] = []byte(unescaped)
	}
	for range 2 {
		for _, cookie := range v.post(desk+"/session", "application/json", `{"code":"`+launch+`"}`) {
			s["a session for one desktop"] = []byte(cookie.Value)
		}
	}
	v.watch(desk + "/ws")
}

// metrics are what a monitoring system is told.
func (l *life) metrics() string {
	l.Helper()
	server, err := l.local.Server(l.Context())
	if err != nil {
		l.Fatal(err)
	}
	return (&visitor{life: l, base: server.URL, client: http.DefaultClient}).get("/metrics")
}
