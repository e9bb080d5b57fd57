package control_test

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/control"
	"github.com/dictumal/dictumal/internal/guacamole"
	"github.com/dictumal/dictumal/internal/provider/providertest"
	"github.com/dictumal/dictumal/internal/secret"
	"github.com/dictumal/dictumal/internal/store"
	"github.com/dictumal/dictumal/internal/store/storetest"
)

var ada = dictumal.Principal{User: dictumal.User{ID: "ada", Email: "ada@example.org"}, Session: "s"}

func TestALaunchSendsTheBrowserToTheRightHost(t *testing.T) {
	for _, test := range []struct{ name, gateway, target, first, second string }{
		{"without a gateway host, to the machine's address", "", "", "192.0.2.1", "192.0.2.2"},
		{"with target=ip, to the machine's address", "stream.example.org", "ip", "192.0.2.1", "192.0.2.2"},
		{"with a gateway host for all, to it for the first machine only", "stream.example.org", "", "stream.example.org", "192.0.2.2"},
		{"with the deployment's id in the gateway host, to each one's own", "{id}.example.org:8443", "", "d1.example.org:8443", "d2.example.org:8443"},
		{"with the id and target=ip, to the machine's address", "{id}.example.org", "ip", "192.0.2.1", "192.0.2.2"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDesk(t, test.gateway)
			d.active("D1", "192.0.2.1", dictumal.StreamPolicy{})
			d.active("D2", "192.0.2.2", dictumal.StreamPolicy{})
			for id, want := range map[string]string{"D1": test.first, "D2": test.second} {
				location, _ := d.launch(id, test.target)
				if location.Scheme != "https" || location.Host != want || location.Path != "/guacamole/" || location.RawQuery != "" {
					t.Errorf("%s is launched at %s, want %s and nothing before the fragment", id, location, want)
				}
			}
		})
	}
}

func TestTheGatewayHostStaysWithTheFirstMachineUntilThatIsGone(t *testing.T) {
	d := newDesk(t, "stream.example.org")
	first := d.active("D1", "192.0.2.1", dictumal.StreamPolicy{})
	d.active("D2", "192.0.2.2", dictumal.StreamPolicy{})
	first.Status, first.MachineName = dictumal.Errored, "dictumal-here-machine"
	d.save(first)
	if location, _ := d.launch("D2", ""); location.Host != "192.0.2.2" {
		t.Errorf("a token for the second machine goes to %s, behind which the first one still is", location.Host)
	}
	first.MachineGoneAt = time.Now()
	d.save(first)
	if location, _ := d.launch("D2", ""); location.Host != "stream.example.org" {
		t.Errorf("the only machine is launched at %s", location.Host)
	}
}

func TestALaunchTokenIsGoodOnceForFiveMinutesByTheMachinesClock(t *testing.T) {
	d := newDesk(t, "")
	row := d.active("D1", "192.0.2.1", dictumal.StreamPolicy{Control: dictumal.ControlFull, Clipboard: dictumal.ClipboardBoth})
	row.ClockSkew = 90 * time.Minute
	d.save(row)
	before := time.Now()
	_, login := d.launch("D1", "")
	left := time.UnixMilli(login.Expires).Sub(before.Add(90 * time.Minute))
	if left < guacamole.TokenLife-time.Second || left > guacamole.TokenLife+10*time.Second {
		t.Errorf("the token is good for %s by the machine's clock, want five minutes", left)
	}
	if login.Username != "" || !login.SingleUse || len(login.Connections) != 1 {
		t.Errorf("the token says %+v", login)
	}
	d.noted("D1", "Launched by ada@example.org, at 192.0.2.1.")
}

func TestTheConstitutionsRightsAreInTheToken(t *testing.T) {
	for name, test := range map[string]struct {
		policy dictumal.StreamPolicy
		want   map[string]string
	}{
		"all rights":     {dictumal.StreamPolicy{Control: "full", Clipboard: "both"}, map[string]string{}},
		"watching only":  {dictumal.StreamPolicy{Control: "view-only", Clipboard: "both"}, map[string]string{"read-only": "true"}},
		"copying only":   {dictumal.StreamPolicy{Control: "full", Clipboard: "copy"}, map[string]string{"disable-paste": "true"}},
		"pasting only":   {dictumal.StreamPolicy{Control: "full", Clipboard: "paste"}, map[string]string{"disable-copy": "true"}},
		"no text at all": {dictumal.StreamPolicy{Control: "full", Clipboard: "none"}, map[string]string{"disable-copy": "true", "disable-paste": "true"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, "")
			d.active("D1", "192.0.2.1", test.policy)
			_, login := d.launch("D1", "")
			for _, connection := range login.Connections {
				got := map[string]string{}
				for _, right := range []string{"read-only", "disable-copy", "disable-paste"} {
					if connection.Parameters[right] != "" {
						got[right] = connection.Parameters[right]
					}
				}
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

func TestALaunchIsRefusedInTheOrderOfTheContract(t *testing.T) {
	d := newDesk(t, "")
	ready := d.active("D1", "192.0.2.1", dictumal.StreamPolicy{})
	d.add("D2", dictumal.StreamPolicy{}) // still PROVISIONING
	bob := dictumal.Principal{User: dictumal.User{ID: "bob"}, Session: "s"}
	without := func(change func(*store.Row)) func() {
		return func() { row := ready; change(&row); d.save(row) }
	}
	for _, test := range []struct {
		name       string
		given      func()
		who        dictumal.Principal
		id, target string
		want       error
	}{
		{"someone else's is missing", nil, bob, "D1", "", dictumal.ErrNotFound},
		{"a missing one is missing", nil, ada, "D9", "", dictumal.ErrNotFound},
		{"someone else's that is not ready is missing", nil, bob, "D2", "", dictumal.ErrNotFound},
		{"one that is not ready", nil, ada, "D2", "", dictumal.ErrNotReady},
		{"one without an address", without(func(r *store.Row) { r.IP = "" }), ada, "D1", "", dictumal.ErrCredentials},
		{"one without a secret", without(func(r *store.Row) { r.StreamSecret = "" }), ada, "D1", "", dictumal.ErrCredentials},
		{"one whose secret cannot be opened", without(func(r *store.Row) { r.StreamSecret += "x" }), ada, "D1", "", dictumal.ErrCredentials},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.given != nil {
				test.given()
			}
			_, err := d.Launch(t.Context(), test.who, test.id, test.target)
			if dictumal.ErrorMessage(err) != dictumal.ErrorMessage(test.want) || dictumal.ErrorCode(err) != dictumal.ErrorCode(test.want) {
				t.Errorf("error = %v, want %v", err, test.want)
			}
		})
	}
	d.save(ready)
	if _, err := d.Launch(t.Context(), ada, "D1", "moon"); dictumal.ErrorCode(err) != dictumal.CodeInvalid {
		t.Errorf("an unknown target gives %v", err)
	}
}

func TestGuacamoleNeedsTwoGigabytes(t *testing.T) {
	d := newDesk(t, "")
	law, err := d.CreateConstitution(t.Context(), ada, "# Desk\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		stream dictumal.Stream
		size   string
		want   string
	}{
		{dictumal.Guacamole, "small", "needs; choose a larger one"},
		{dictumal.Guacamole, "large", ""},
		{dictumal.Native, "small", ""},
		{"rdp", "large", "choose native or guacamole"},
	} {
		made, _, err := d.Deploy(t.Context(), ada, control.DeployRequest{ConstitutionID: law.ID, Size: test.size, Stream: test.stream})
		if test.want == "" && (err != nil || made.Stream != test.stream) {
			t.Errorf("%s on %s: %+v, %v", test.stream, test.size, made, err)
		}
		if test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s on %s: error %v, want %q", test.stream, test.size, err, test.want)
		}
	}
}

// Private

// desk is a Control with a real store.
type desk struct {
	*control.Control
	t     *testing.T
	store *store.Store
}

func newDesk(t *testing.T, gateway string) *desk {
	t.Helper()
	s := storetest.Open(t)
	if err := s.AddUser(t.Context(), dictumal.User{ID: "ada", Email: "ada@example.org", CreatedAt: time.Now()}, "local", "ada"); err != nil {
		t.Fatal(err)
	}
	sealer := secret.NewSealer([]byte(strings.Repeat("k", secret.MinLength)))
	return &desk{t: t, store: s, Control: control.New(control.Options{
		Store: s, Provider: providertest.NewMemory("here", providertest.Behaviour{}), Sealer: sealer, Codes: codes{}, Wake: func() {},
		Stream: dictumal.Native, PerUser: 10, Total: 10, GatewayHost: dictumal.GatewayHost(gateway),
	})}
}

type codes struct{}

func (codes) LaunchCode(context.Context, dictumal.Principal, string) (string, error) {
	return "code", nil
}

func (d *desk) add(id string, policy dictumal.StreamPolicy) {
	d.t.Helper()
	row := store.Row{Deployment: dictumal.Deployment{
		ID: id, Owner: "ada", Stream: dictumal.Guacamole, CreatedAt: time.Now(), Constitution: dictumal.ConstitutionRef{ID: "C", Title: "Desk"},
		Policy: dictumal.Policy{Stream: policy},
	}}
	if _, _, err := d.store.AddDeployment(d.t.Context(), store.Order{Row: row, PerUser: 10, Total: 10}); err != nil {
		d.t.Fatal(err)
	}
}

// active makes a deployment whose desktop can be opened.
func (d *desk) active(id, ip string, policy dictumal.StreamPolicy) store.Row {
	d.t.Helper()
	d.add(id, policy)
	row, ok, err := d.store.Claim(d.t.Context(), "test", time.Minute)
	if err != nil || !ok {
		d.t.Fatalf("claim: %v, %v", ok, err)
	}
	row.Status, row.IP = dictumal.Active, ip
	if row.StreamSecret, err = d.Sealer.Seal(guacamole.NewSecret(), row.StreamSecretContext()); err != nil {
		d.t.Fatal(err)
	}
	d.save(row)
	return row
}

// save writes a row and keeps the claim on it.
func (d *desk) save(row store.Row) {
	d.t.Helper()
	if err := d.store.Save(d.t.Context(), row, store.Outcome{Keep: true}); err != nil {
		d.t.Fatal(err)
	}
}

type login struct {
	Username    string `json:"username"`
	Expires     int64  `json:"expires"`
	SingleUse   bool   `json:"singleUse"`
	Connections map[string]struct {
		Parameters map[string]string `json:"parameters"`
	} `json:"connections"`
}

// launch launches a desktop and opens the token as its machine would.
func (d *desk) launch(id, target string) (*url.URL, login) {
	d.t.Helper()
	return d.launchAs(ada, id, target)
}

func (d *desk) launchAs(p dictumal.Principal, id, target string) (*url.URL, login) {
	d.t.Helper()
	text, err := d.Launch(d.t.Context(), p, id, target)
	if err != nil {
		d.t.Fatal(err)
	}
	location, err := url.Parse(text)
	if err != nil {
		d.t.Fatal(err)
	}
	query, err := url.ParseQuery(strings.TrimPrefix(location.EscapedFragment(), "/?"))
	if err != nil {
		d.t.Fatal(err)
	}
	row, err := d.store.Deployment(d.t.Context(), id)
	if err != nil {
		d.t.Fatal(err)
	}
	sealed, err := d.Sealer.Open(row.StreamSecret, row.StreamSecretContext())
	if err != nil {
		d.t.Fatal(err)
	}
	said, err := decrypt(guacamole.JSONKey(sealed), query.Get("data"))
	if err != nil {
		d.t.Fatalf("the token in %s: %v", text, err)
	}
	return location, said
}

func decrypt(key []byte, token string) (said login, err error) {
	sealed, err := base64.StdEncoding.DecodeString(token)
	if err != nil {
		return said, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return said, err
	}
	if len(sealed) == 0 || len(sealed)%aes.BlockSize != 0 {
		return said, errors.New("it has no whole blocks")
	}
	cipher.NewCBCDecrypter(block, make([]byte, aes.BlockSize)).CryptBlocks(sealed, sealed)
	padding := int(sealed[len(sealed)-1])
	text := sealed[32 : len(sealed)-padding]
	decoder := json.NewDecoder(bytes.NewReader(text))
	return said, decoder.Decode(&said)
}

func (d *desk) noted(id, text string) {
	d.t.Helper()
	entries, err := d.store.Timeline(d.t.Context(), id)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, entry := range entries {
		if entry.Text == text {
			return
		}
	}
	d.t.Errorf("the story of %s does not say %q: %+v", id, text, entries)
}
