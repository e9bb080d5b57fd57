package crash_test

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"html"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

// TestNoSecretStandsWhereItShouldNot leads the real program through good and failing
// ways with secrets that the test knows, and looks for each, in many forms, in all that
// somebody else may read one day: files, logs, pages, answers, browsers, processes, and
// what other servers are told. The table says where each may stand.
func TestNoSecretStandsWhereItShouldNot(t *testing.T) {
	path := build(t)
	for _, test := range []struct {
		name   string
		stream dictumal.Stream
		format string
		own    bool // the operator keeps AUTH_SECRET
	}{
		{"of a desktop through this server, with a secret of the operator's", dictumal.Native, "text", true},
		{"of a desktop of its own, with a secret in the data folder", dictumal.Guacamole, "json", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			h := newHunt(t, path, test.stream, test.format, test.own)
			h.ocean.Fail("POST /v2/droplets", oceantest.Status(http.StatusInternalServerError), oceantest.DropAfterEffect())
			h.ocean.Fail("GET /v2/droplets", oceantest.Status(http.StatusBadGateway))
			h.start()
			h.enter()
			h.prepare()
			h.await(dictumal.Active)
			h.digUp()
			h.signIn()
			h.blunder()
			h.crawl()
			h.browse()
			h.commands()
			if !test.own {
				h.rotate()
			}
			h.collect()
			h.ocean.Fail("DELETE /v2/droplets/{id}", oceantest.Refuse(http.StatusForbidden, "not now"))
			h.destroy()
			h.collect()
			h.send(h.nobody, http.MethodGet, "/metrics", "")
			h.add(inLog, "stderr", []byte(h.present().said.String()))
			h.plant()
			if len(h.canaries) < 60 {
				t.Errorf("only %d secrets were let out", len(h.canaries))
			}
			h.weigh(t, h.canaries, h.decoys)
		})
	}
}

// TestACanaryIsFoundInWhateverFormItStands hides one as programs do.
func TestACanaryIsFoundInWhateverFormItStands(t *testing.T) {
	hidden := []byte(`a "secret"/with <marks> & ümlauts`)
	f := newFinder([]canary{{name: "other", value: []byte("another that is nowhere")}, {name: "hidden", value: hidden}})
	texts := map[string]string{"in HTML": html.EscapeString(string(hidden)), "in UTF-16": wide(string(hidden))}
	maps.Copy(texts, shapes(hidden))
	for shift := range 3 {
		before := string(make([]byte, shift))
		texts[fmt.Sprintf("inside of base64 at %d", shift)] = base64.StdEncoding.EncodeToString([]byte(before + string(hidden) + "after"))
		texts[fmt.Sprintf("inside of base64 of URLs at %d", shift)] = base64.RawURLEncoding.EncodeToString([]byte(before + string(hidden)))
	}
	for form, text := range texts {
		if found := f.find([]byte("before " + text + " after")); found[1] == "" || len(found) != 1 {
			t.Errorf("%s: found %v", form, found)
		}
	}
	if found := f.find([]byte("nothing to be seen here, and nothing after it")); len(found) > 0 {
		t.Errorf("found %v where there is none", found)
	}
}

// TestASecretInTheWrongPlaceFailsTheHunt puts one of each kind into each place.
func TestASecretInTheWrongPlaceFailsTheHunt(t *testing.T) {
	places := []place{
		inDatabase, inBackup, inFolder, inSecretFile, inLog, inMetrics, inPage, inAnswer, inRefusal, inHeader, inSocket, inCommand,
		inStorage, inHistory, inReferer, inProcess, inChild, inUserData, atCloud, atProvider,
	}
	for kind, spots := range table {
		for _, place := range places {
			x := exhibit{place, "somewhere", nil}
			want := false
			for _, spot := range spots {
				want = want || spot.place == place && spot.label == ""
			}
			if got := allowed(kind, x); got != want {
				t.Errorf("%s may stand in %s: %v, want %v", kind, place, got, want)
			}
		}
	}
}

// plant puts a decoy into each place where none is by itself.
func (h *hunt) plant() {
	h.Helper()
	decoy := func(place place) string {
		h.decoys[place] = "decoy-" + rand.Text()
		return h.decoys[place]
	}
	for place, file := range map[place]string{inFolder: "decoy", inSecretFile: "auth-secret.decoy"} {
		if err := os.WriteFile(filepath.Join(h.data, file), []byte(decoy(place)), 0o600); err != nil {
			h.Fatal(err)
		}
	}
	h.folder(h.T, h.data)
	h.relatives(decoy(inProcess), decoy(inChild))
	h.decoys[inDatabase], h.decoys[inBackup], h.decoys[inPage], h.decoys[inAnswer] = h.title, h.title, h.title, h.title
	h.decoys[inUserData] = h.title // in an archive
	h.decoys[inLog], h.decoys[inSocket], h.decoys[inCommand], h.decoys[inHeader] = h.desk.ID, h.desk.ID, h.desk.ID, h.desk.ID
	h.decoys[inMetrics] = `dictumal_transitions_total{from="DESTROYING",to="DESTROYED"} 1`
	h.decoys[inRefusal] = h.refused
	if told := h.answered("/api/deployments/" + h.desk.ID + "/events"); !strings.Contains(told, "Launched by") {
		h.Errorf("the events were not read to the end: %s", told)
	}
	h.decoys[atCloud], h.decoys[atProvider] = "dictumal-", "desktops"
}
