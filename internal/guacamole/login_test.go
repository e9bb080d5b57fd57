package guacamole_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/dictumal/dictumal/internal/guacamole"
)

var update = flag.Bool("update", false, "write the golden files anew")

// whole is all that Guacamole knows of a login; a field beyond it is refused.
type whole struct {
	Username    *string `json:"username"`
	Expires     int64   `json:"expires"`
	SingleUse   bool    `json:"singleUse"`
	Connections map[string]struct {
		Protocol   string            `json:"protocol"`
		Parameters map[string]string `json:"parameters"`
	} `json:"connections"`
}

// known are the parameters of Guacamole's VNC that a login here may have.
var known = strings.Fields(`hostname port password encodings quality-level compress-level autoretry
	read-only disable-copy disable-paste`)

func TestALoginHoldsWhatThePolicyAllows(t *testing.T) {
	expires := time.UnixMilli(4102444800123)
	for _, test := range []struct {
		name       string
		connection guacamole.Connection
	}{
		{"everything", guacamole.Connection{Name: "Rules of the house", Password: "s3cr3tpw"}},
		{"watching only", guacamole.Connection{Name: "d", Password: "s3cr3tpw", ReadOnly: true, NoCopy: true, NoPaste: true}},
		{"a name that would end the text", guacamole.Connection{Name: `"},"x":"</script>é`, Password: `"\`, NoPaste: true}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := open(t, guacamole.Login{Expires: expires, Connection: test.connection})
			var pretty bytes.Buffer
			if err := json.Indent(&pretty, got, "", "  "); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join("testdata", strings.ReplaceAll(test.name, " ", "-")+".json")
			if *update {
				if err := os.WriteFile(path, append(pretty.Bytes(), '\n'), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if pretty.String()+"\n" != string(want) {
				t.Errorf("it holds %s\nnot %s", pretty.String(), want)
			}
		})
	}
}

func TestALoginThatCouldNotWorkIsRefused(t *testing.T) {
	whole := guacamole.Login{Expires: time.Now(), Connection: guacamole.Connection{Name: "d", Password: "p"}}
	for _, test := range []struct {
		name    string
		spoil   func(*guacamole.Login)
		wantErr string
	}{
		{"without an end it would be good for ever", func(l *guacamole.Login) { l.Expires = time.Time{} }, "no end"},
		{"without a password", func(l *guacamole.Login) { l.Connection.Password = "" }, "no password"},
		{"without a name", func(l *guacamole.Login) { l.Connection.Name = "" }, "no name"},
		{"with a name that Guacamole cuts", func(l *guacamole.Login) { l.Connection.Name = "a\x00b" }, "no name"},
	} {
		t.Run(test.name, func(t *testing.T) {
			login := whole
			test.spoil(&login)
			token, err := guacamole.Token(make([]byte, 16), login)
			if err == nil || !strings.Contains(err.Error(), test.wantErr) {
				t.Errorf("it gives %q (%v)", token, err)
			}
		})
	}
	if token, err := guacamole.Token(nil, whole); err == nil || !strings.Contains(err.Error(), "the key has 0 bytes") {
		t.Errorf("without a key it gives %q (%v)", token, err)
	}
}

func TestALaunchLeadsToTheHost(t *testing.T) {
	for _, test := range []struct{ host, want string }{
		{"stream.example.org", "https://stream.example.org/guacamole/#/?data=a%2Bb%2Fc%3D%3D"},
		{"stream.example.org:8443", "https://stream.example.org:8443/guacamole/#/?data=a%2Bb%2Fc%3D%3D"},
		{"203.0.113.7", "https://203.0.113.7/guacamole/#/?data=a%2Bb%2Fc%3D%3D"},
		{"2001:db8::7", "https://[2001:db8::7]/guacamole/#/?data=a%2Bb%2Fc%3D%3D"},
		{"[2001:db8::7]:8443", "https://[2001:db8::7]:8443/guacamole/#/?data=a%2Bb%2Fc%3D%3D"},
	} {
		if got := guacamole.LaunchURL(test.host, "a+b/c=="); got != test.want {
			t.Errorf("%s gives %s, not %s", test.host, got, test.want)
		}
	}
}

// FuzzToken checks that whatever is in a login, Guacamole reads the same and
// nothing that it does not know.
func FuzzToken(f *testing.F) {
	f.Add("desktop", "s3cr3tpw", int64(4102444800000), false, false, false)
	f.Add(`"},{"`, "\\\u2028<>&", int64(1), true, true, true)
	f.Add("\xff", "\xff\x00", int64(1<<60), true, false, true)
	f.Fuzz(func(t *testing.T, name, password string, expires int64, readOnly, noCopy, noPaste bool) {
		login := guacamole.Login{Expires: time.UnixMilli(expires), Connection: guacamole.Connection{
			Name: name, Password: password, ReadOnly: readOnly, NoCopy: noCopy, NoPaste: noPaste,
		}}
		if _, err := guacamole.Token(make([]byte, 16), login); err != nil {
			if expires > 0 && name != "" && password != "" && !strings.Contains(name, "\x00") {
				t.Error(err)
			}
			return
		}
		decoder := json.NewDecoder(bytes.NewReader(open(t, login)))
		decoder.DisallowUnknownFields()
		var got whole
		if err := decoder.Decode(&got); err != nil {
			t.Fatal(err)
		}
		if got.Username == nil || *got.Username != "" || got.Expires != expires || !got.SingleUse || len(got.Connections) != 1 {
			t.Errorf("it reads %+v", got)
		}
		parameters := got.Connections[valid(name)].Parameters
		for _, set := range []struct {
			name string
			want bool
		}{{"read-only", readOnly}, {"disable-copy", noCopy}, {"disable-paste", noPaste}} {
			if (parameters[set.name] == "true") != set.want {
				t.Errorf("%s is %q", set.name, parameters[set.name])
			}
		}
		if parameters["password"] != valid(password) || parameters["hostname"] != "127.0.0.1" || parameters["port"] != "5901" {
			t.Errorf("the parameters are %v", parameters)
		}
		for _, field := range known {
			delete(parameters, field)
		}
		if len(parameters) > 0 {
			t.Errorf("Guacamole does not know %v", parameters)
		}
	})
}

// valid is a text as JSON has it, which knows no bytes but those of Unicode.
func valid(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	return string([]rune(text))
}

// open reads a login as Guacamole does: decrypt, compare the signature.
func open(t *testing.T, login guacamole.Login) []byte {
	t.Helper()
	key := guacamole.JSONKey(bytes.Repeat([]byte{7}, 16))
	token, err := guacamole.Token(key, login)
	if err != nil {
		t.Fatal(err)
	}
	text, err := decrypt(key, token)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func decrypt(key []byte, token string) ([]byte, error) {
	data, err := base64.StdEncoding.Strict().DecodeString(token)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	cipher.NewCBCDecrypter(block, make([]byte, aes.BlockSize)).CryptBlocks(data, data)
	data = data[:len(data)-int(data[len(data)-1])]
	signature := hmac.New(sha256.New, key)
	signature.Write(data[sha256.Size:])
	if !hmac.Equal(signature.Sum(nil), data[:sha256.Size]) {
		return nil, errors.New("the signature is wrong")
	}
	return data[sha256.Size:], nil
}
