package crash_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/dictumal/dictumal/internal/browsertest"
)

const form, asJSON = "application/x-www-form-urlencoded", "application/json"

// signIn lets people and programs in by every way there is, and once too often.
func (h *hunt) signIn() {
	h.Helper()
	code := h.link()
	h.send(h.admin, http.MethodGet, "/sign-in?code="+code, "", "Accept", "text/html")
	for range 2 {
		h.send(h.admin, http.MethodPost, "/sign-in", "code="+code, "Content-Type", form, "Accept", "text/html")
	}
	h.provider(h.guest)
	for kind, make := range map[kind]func() string{
		tokenOfSocket:  func() string { return h.made(h.socket, `{"name":"socket","scopes":["admin"]}`) },
		tokenOfAPI:     func() string { return h.made(h.admin, `{"name":"api","scopes":["deploy","launch"]}`) },
		tokenOfCommand: func() string { return h.command("token", "create", "--name", "command") },
		tokenOfPage: func() string {
			_, page := h.send(h.admin, http.MethodPost, "/account/tokens", "name=page&scope=read&expires=720h", "Content-Type", form, "Accept", "text/html")
			_, after, _ := strings.Cut(page, "dictumal_")
			return "dictumal_" + after[:min(26, len(after))]
		},
	} {
		token := make()
		if len(token) != len("dictumal_")+26 {
			h.Errorf("%s is no token (%d characters)", kind, len(token))
			continue
		}
		h.learn(kind, string(kind), token)
		h.tokens = append(h.tokens, token)
	}
}

// link is the code of a new link.
func (h *hunt) link() string {
	h.Helper()
	_, text := h.send(h.socket, http.MethodPost, "/api/sign-in-links", "")
	_, code, _ := strings.Cut(text, "code=")
	code, _, _ = strings.Cut(code, `"`)
	return h.learn(linkCode, "code", code)
}

func (h *hunt) made(who *http.Client, wish string) string {
	h.Helper()
	_, text := h.send(who, http.MethodPost, "/api/tokens", wish, "Content-Type", asJSON)
	var made struct{ Token string }
	if err := json.Unmarshal([]byte(text), &made); err != nil {
		h.Error(err)
	}
	return made.Token
}

// provider goes to the identity provider and back, and back again, with what it has
// said and with what it has not.
func (h *hunt) provider(who *http.Client) {
	h.Helper()
	for range 2 {
		back := h.away(who)
		for range 2 {
			h.send(who, http.MethodGet, back, "", "Accept", "text/html")
		}
		h.send(h.nobody, http.MethodGet, back, "", "Accept", "text/html")
	}
	h.send(who, http.MethodGet, strings.Replace(h.away(who), "code=", "code=x", 1), "", "Accept", "text/html")
	h.send(who, http.MethodGet, h.away(who)+"&error=access_denied&error_description="+
		url.QueryEscape(h.learn(typedInAddress, "a provider's error", password())), "", "Accept", "text/html")
	h.send(h.nobody, http.MethodGet, h.away(who), "", "Accept", "text/html") // in another browser
}

// away goes to the identity provider, and tells where it sends the browser.
func (h *hunt) away(who *http.Client) string {
	h.Helper()
	there, _ := h.send(who, http.MethodGet, "/api/auth/signin/oidc?next=/account", "")
	request, err := http.NewRequestWithContext(h.Context(), http.MethodGet, there, http.NoBody)
	if err != nil {
		h.Fatal(err)
	}
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		h.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	return answer.Header.Get("Location")
}

// crawl asks for everything as everybody.
func (h *hunt) crawl() {
	h.Helper()
	desk, law := h.desk.ID, h.desk.Constitution.ID
	paths := []string{
		"/", "/licenses", "/sign-in", "/instances", "/instances/" + desk, "/instances/" + desk + "/progress", "/instances/" + desk + "/log",
		"/instances/" + desk + "/destroy", "/instances/destroy", "/constitutions", "/constitutions/new", "/constitutions/" + law,
		"/constitutions/" + law + "/deploy", "/machines", "/provider", "/audit", "/people", "/account", "/desktop/" + desk, "/nowhere",
		"/api/deployments", "/api/deployments/" + desk, "/api/deployments/" + desk + "/receipt", "/api/deployments/" + desk + "/grants",
		"/api/deployments/nowhere", "/api/constitutions", "/api/constitutions/" + law, "/api/constitutions/" + law + "/versions",
		"/api/constitutions/" + law + "/versions/1", "/api/catalog", "/api/machines", "/api/provider", "/api/tokens", "/api/sessions",
		"/api/audit", "/api/people", "/api/openapi.json", "/api/docs", "/ca.pem", "/healthz", "/readyz", "/metrics",
	}
	for _, who := range []*http.Client{h.nobody, h.admin, h.guest} {
		for _, path := range paths {
			h.send(who, http.MethodGet, path, "", "Accept", "text/html")
		}
	}
	for _, token := range append(h.tokens, "dictumal_"+h.learn(typedInHeader, "a token that is none", "NOTATOKENBUTMUCHLIKEONEXYZ")) {
		for _, path := range paths {
			if strings.HasPrefix(path, "/api/") {
				h.send(h.nobody, http.MethodGet, path, "", "Authorization", "Bearer "+token)
			}
		}
		h.launchBy(h.nobody, "Authorization", "Bearer "+token)
	}
	for _, path := range paths {
		if strings.HasPrefix(path, "/api/") {
			h.send(h.socket, http.MethodGet, path, "")
		}
	}
	h.send(h.socket, http.MethodGet, "/api/keys", "")
	h.send(h.socket, http.MethodGet, "/api/machines/unowned", "")
	h.launchBy(h.admin)
	h.launchBy(h.socket)
	for _, who := range []*http.Client{h.admin, h.socket} {
		for _, path := range []string{"/api/events", "/api/deployments/" + desk + "/events"} {
			h.send(who, http.MethodGet, path, "", "Last-Event-ID", "0")
		}
	}
}

// launchBy opens the desktop, and learns the secret in the address.
func (h *hunt) launchBy(who *http.Client, header ...string) {
	h.Helper()
	location, _ := h.send(who, http.MethodGet, "/api/deployments/"+h.desk.ID+"/launch", "", header...)
	_, fragment, _ := strings.Cut(location, "#")
	if _, code, has := strings.Cut(fragment, "="); has {
		h.learn(launchCode, "launch", code)
		if plain := unescaped(code); plain != code {
			h.learn(launchCode, "launch, as it is", plain)
		}
		for range 2 { // which spends it where the stream is this server's
			h.send(h.visitor(nil), http.MethodPost, "/desktop/"+h.desk.ID+"/session", `{"code":"`+code+`"}`, "Content-Type", asJSON)
		}
	}
}

// blunder types and sends passwords where they do not belong.
func (h *hunt) blunder() {
	h.Helper()
	desk, law := h.desk.ID, h.desk.Constitution.ID
	for _, path := range []string{
		"/sign-in?password=", "/sign-in?code=", "/sign-in?next=/x%3Fpassword%3D", "/instances?password=", "/instances/" + desk + "?password=", "/account?token=",
		"/desktop/" + desk + "?code=", "/api/deployments?token=", "/api/deployments/" + desk + "/launch?token=", "/api/deployments/" + desk + "/launch?target=",
		"/api/auth/callback/oidc?state=", "/api/auth/callback/oidc?code=", "/metrics?token=", "/nowhere?password=",
	} {
		for _, who := range []*http.Client{h.nobody, h.admin} {
			h.send(who, http.MethodGet, path+h.learn(typedInAddress, path, password()), "", "Accept", "text/html")
		}
	}
	h.send(h.nobody, http.MethodGet, "/api/auth/signin/oidc?next=/"+h.learn(typedAsNext, "next", password()), "", "Accept", "text/html")
	for _, header := range []string{
		"Authorization: Basic ", "Authorization: Bearer ", "Authorization: Digest ", "Authorization: ", "Cookie: dictumal=x.", "Cookie: dictumal=",
		"Cookie: dictumal-sign-in=", "Cookie: dictumal-device=", "X-Api-Key: ", "Last-Event-ID: ", "If-Match: ", "Proxy-Authorization: ", "X-Forwarded-For: ",
	} {
		name, prefix, _ := strings.Cut(header, ": ")
		typed := h.learn(typedInHeader, header, password())
		if strings.HasSuffix(prefix, "Basic ") {
			typed = base64.StdEncoding.EncodeToString([]byte("ada:" + typed))
		}
		for _, path := range []string{"/api/deployments", "/instances", "/api/deployments/" + desk + "/launch"} {
			h.send(h.nobody, http.MethodGet, path, "", name, prefix+typed)
		}
	}
	body := func(what string) string { return h.learn(typedInBody, what, password()) }
	_, refusal := h.send(h.admin, http.MethodPost, "/api/deployments", fmt.Sprintf(`{"constitutionId":%q,"stream":%q}`, law, h.refused), "Content-Type", asJSON)
	if !strings.Contains(refusal, h.refused) {
		h.Errorf("a refusal does not say what it refuses: %s", refusal)
	}
	for path, bodies := range map[string][]string{
		"/api/deployments":                     {`{"constitutionId":"` + law + `","%s":1}`, `{"constitutionId":"%s"}`, `{"constitutionId":"` + law + `","region":"%s"}`, `{"constitutionId":"` + law + `","size":"%s"}`, `{"constitutionId":%s`, `"%s"`},
		"/api/deployments/destroy":             {`{"ids":["%s"]}`, `{"ids":"%s"}`},
		"/api/deployments/" + desk + "/extend": {`{"by":"%s"}`, `{"until":"%s"}`},
		"/api/deployments/" + desk + "/grants": {`{"email":"%s"}`, `{"email":"a@example.org","control":"%s"}`},
		"/api/constitutions":                   {`{"document":"---\ntitel: %s\n---\n"}`, `{"document":%s`, `{"document":"---\nmachine: {region: [%s]}\n---\n"}`},
		"/api/tokens":                          {`{"name":"x","scopes":["%s"]}`, `{"name":"x","scopes":["read"],"expires":"%s"}`},
		"/desktop/" + desk + "/session":        {`{"code":"%s"}`, `%s`},
	} {
		for _, text := range bodies {
			typed := strings.Replace(text, "%s", body("POST "+path+" "+text), 1)
			for _, who := range []*http.Client{h.nobody, h.admin} {
				h.send(who, http.MethodPost, path, typed, "Content-Type", asJSON)
			}
		}
	}
	for path, field := range map[string]string{
		"/sign-in": "code", "/constitutions": "document", "/constitutions/check": "document", "/constitutions/" + law + "/deploy": "region",
		"/instances/" + desk + "/extend": "until", "/account/tokens": "scope", "/instances/destroy": "id", "/nowhere": "password",
	} {
		typed := body("a form's " + field + " for " + path)
		if field == "document" {
			typed = "---\ntitel: " + typed + "\n---\n"
		}
		h.send(h.admin, http.MethodPost, path, url.Values{field: {typed}, "password": {body("an unknown field for " + path)}}.Encode(), "Content-Type", form, "Accept", "text/html")
	}
}

// commands runs what an operator runs.
func (h *hunt) commands() {
	h.Helper()
	for _, line := range []string{"list --json", "list", "keys status", "keys status --json", "sweep", "audit machines --json", "token list", "audit log --json", "version"} {
		h.command(strings.Fields(line)...)
	}
	_, after, _ := strings.Cut(h.command("sign-in"), "code=")
	h.learn(linkCode, "a command's code", after)
}

// browse goes through pages in a real browser, and to another site from each.
func (h *hunt) browse() {
	h.Helper()
	browser := browsertest.Open(h.T)
	leave := func(page *browsertest.Page, address string) {
		page.Goto(address)
		page.WaitFor(`document.readyState === "complete"`)
		if strings.HasPrefix(page.Location(), h.base) {
			h.add(inStorage, address, []byte(page.Keeps()))
		}
		browsertest.Eval[any](page, `void (location.href = "`+h.elsewhere.URL+`/left")`)
		page.WaitFor(`document.title === "Elsewhere"`)
	}
	inside := func(page *browsertest.Page, path string) {
		page.Goto(h.base + path)
		for name, value := range page.Cookies() {
			h.learn(cookie, "the browser's "+name, value[strings.LastIndex(value, ".")+1:])
		}
		for _, path := range []string{"/instances", "/instances/" + h.desk.ID, "/constitutions/" + h.desk.Constitution.ID, "/account", "/desktop/" + h.desk.ID} {
			leave(page, h.base+path)
		}
	}
	linked := browser.Page(h.T)
	code := h.link()
	leave(linked, h.base+"/sign-in?code="+code)
	linked.Goto(h.base + "/sign-in?code=" + code)
	linked.Click("text=Sign in")
	linked.WaitFor(`location.pathname === "/instances"`)
	inside(linked, "/instances")
	h.add(inHistory, "spent", []byte(strings.Join(linked.Visited(), "\n")))

	provided := browser.Page(h.T)
	provided.Goto(h.base + "/sign-in")
	provided.Goto(h.base + "/api/auth/signin/oidc")
	provided.WaitFor(`location.pathname === "/instances"`)
	inside(provided, "/account")
	h.add(inHistory, "by a provider", []byte(strings.Join(provided.Visited(), "\n")))

	h.decoy(browser.Page(h.T))
	location, _ := h.send(h.socket, http.MethodGet, "/api/deployments/"+h.desk.ID+"/launch", "")
	_, launch, _ := strings.Cut(location, "code=")
	if launch == "" {
		return // the machine has a stream of its own
	}
	h.learn(launchCode, "the browser's", launch)
	launched := browser.Page(h.T)
	launched.Goto(h.base + location)
	launched.WaitFor(`location.hash === ""`)
	inside(launched, "/desktop/"+h.desk.ID)
	h.add(inHistory, "launched", []byte(strings.Join(launched.Visited(), "\n")))
}

// decoy leaves something in each of the browser's places.
func (h *hunt) decoy(page *browsertest.Page) {
	h.Helper()
	h.decoys[inStorage], h.decoys[inHistory], h.decoys[inReferer] = "stored-"+h.refused, "visited-"+h.refused, "left-"+h.refused
	page.Goto(h.base + "/sign-in?" + h.decoys[inHistory])
	browsertest.Eval[any](page, `(async () => {
		const database = await new Promise(yes => {
			const opening = indexedDB.open("decoys");
			opening.onupgradeneeded = () => opening.result.createObjectStore("decoys");
			opening.onsuccess = () => yes(opening.result);
		});
		await new Promise(yes => { database.transaction("decoys", "readwrite").objectStore("decoys").put("`+h.decoys[inStorage]+`", 1).onsuccess = yes; });
		database.close();
	})()`)
	h.add(inStorage, "decoy", []byte(page.Keeps()))
	h.add(inHistory, "decoy", []byte(strings.Join(page.Visited(), "\n")))
	page.Goto(h.elsewhere.URL + "/" + h.decoys[inReferer])
	page.Click("text=Next")
	page.WaitFor(`location.pathname === "/next"`)
}
