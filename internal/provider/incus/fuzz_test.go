package incus

import (
	"bytes"
	"encoding/json"
	"net"
	"net/http"
	"net/netip"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/dictumal/dictumal"
)

// FuzzInstances is an Incus daemon that answers anything: nothing breaks, and a
// machine is ours only by its name and by the installation that it says it is of.
func FuzzInstances(f *testing.F) {
	const name = `"name":"dictumal-here-01k9x3v7q8n2m4p6r5s7t9w0yz"`
	const here = `"config":{"user.dictumal.installation":"here"}`
	sync := func(metadata string) string { return `{"type":"sync","status_code":200,"metadata":` + metadata + `}` }
	address := func(ip string) string {
		return `"expanded_devices":{"eth0":{"type":"nic","ipv4.address":"` + ip + `"}}`
	}
	for _, body := range []string{
		sync(`[{` + name + `,"status":"Running",` + here + `,` + address("10.0.0.7") + `}]`), sync(`[{` + name + `,"status":"Stopped"}]`),
		sync(`[{` + name + `,"config":{"user.dictumal.installation":"there"}}]`), sync(`[{"name":"dictumal-there-01k9x3v7q8n2m4p6r5s7t9w0yz",` + here + `}]`),
		sync(`[{"name":"dictumal-here-` + strings.Repeat("é", 13) + `",` + here + `}]`), sync(`[{"name":"dictumal-here-01K9X3V7Q8N2M4P6R5S7T9W0YZ",` + here + `}]`),
		sync(`[{` + name + `,` + here + `,` + address("x:22\\n") + `}]`), sync(`[{` + name + `,` + here + `,` + address("169.254.169.254") + `}]`),
		sync(`{` + name + `,` + here + `}`), sync(`{"name":"dictumal-here-01k9x3v7q8n2m4p6r5s7t9w0xx",` + here + `}`), sync(`null`), sync(`[null]`), sync(`"x"`),
		`{"type":"async","operation":"/1.0/operations/../../x"}`, `{"type":"error","error_code":404,"error":"not found"}`, `{"type":"error","error":"\u001b[2J\r\nforged"}`,
		``, `[]`, `<html>`, strings.Repeat(`{"metadata":`, 999),
	} {
		f.Add([]byte(body))
	}
	p, answer := answering(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		answer.Store(&body)
		listed, err := p.List(t.Context())
		if said := ours(body); err == nil && len(listed) != len(said) {
			t.Errorf("%+v are taken for ours, and %q are", listed, said)
		}
		const asked = "dictumal-here-01k9x3v7q8n2m4p6r5s7t9w0yz"
		found, err := p.Find(t.Context(), asked)
		if err == nil && len(found) > 0 && found[0].Name != asked {
			t.Errorf("asked for %s, it is %+v", asked, found)
		}
		for _, m := range append(listed, found...) {
			checkMachine(t, m)
		}
	})
}

// Private

// ours lists the machines of which a list says that they are of our installation.
func ours(body []byte) (names []string) {
	var said struct {
		Metadata []struct {
			Name   string
			Config map[string]string
		}
	}
	// What is no list at its end is one at its beginning, as a client reads it.
	_ = json.NewDecoder(bytes.NewReader(body)).Decode(&said)
	for _, instance := range said.Metadata {
		attempt, ok := strings.CutPrefix(instance.Name, "dictumal-here-")
		if ok && len(attempt) == 26 && strings.Trim(attempt, letters) == "" && instance.Config["user.dictumal.installation"] == "here" {
			names = append(names, instance.Name)
		}
	}
	return names
}

// letters are those of an attempt.
const letters = "0123456789abcdefghjkmnpqrstvwxyz"

// answering is a provider whose daemon answers what is stored last, whatever it is asked.
func answering(f *testing.F) (*Provider, *atomic.Pointer[[]byte]) {
	f.Helper()
	socket := filepath.Join(f.TempDir(), "s")
	listener, err := new(net.ListenConfig).Listen(f.Context(), "unix", socket)
	if err != nil {
		f.Fatal(err)
	}
	var answer atomic.Pointer[[]byte]
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(*answer.Load()) // who hung up has asked again
	})}
	go func() { _ = server.Serve(listener) }()
	f.Cleanup(func() { _ = server.Close() })
	return New(Config{Socket: socket, Project: "p", Installation: "here"}), &answer
}

func checkMachine(t *testing.T, m dictumal.Machine) {
	t.Helper()
	attempt, ok := strings.CutPrefix(m.Name, "dictumal-here-")
	if !ok || len(attempt) != 26 || strings.Trim(attempt, letters) != "" || m.ID != m.Name {
		t.Errorf("%+v is taken for ours", m)
	}
	if ip, err := netip.ParseAddr(m.IP); m.IP != "" && (err != nil || ip.IsLinkLocalUnicast()) {
		t.Errorf("%q is no address of a machine", m.IP)
	}
}
