package hostile_test

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/gateway"
	"github.com/dictumal/dictumal/internal/hostile"
	"github.com/dictumal/dictumal/internal/machine"
	"github.com/dictumal/dictumal/internal/reconcile"
)

const (
	// hurry is by how much a control plane under test is less patient than usual.
	hurry = 5
	// atOnce is how many scripts are played at once. Most wait.
	atOnce = "8"
)

const planeVariable = "DICTUMAL_TEST_PLANE"

// TestMain makes of this program the part of a control plane that talks to machines,
// in a process of its own, so that its memory is its own, too.
func TestMain(m *testing.M) {
	if os.Getenv(planeVariable) == "" {
		flag.Parse()
		if err := flag.Set("test.parallel", atOnce); err != nil {
			panic(err)
		}
		os.Exit(m.Run())
	}
	if err := runPlane(); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// plane is what of a control plane talks to machines, with doors for a test.
type plane struct {
	dialer  *machine.Dialer
	prober  reconcile.SSH
	gateway *gateway.Gateway

	mutex    sync.Mutex
	machines []hostile.Address
}

func runPlane() error {
	log := slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	usual := machine.UsualPace()
	dialer := machine.NewDialer(log, machine.WithPace(machine.Pace{
		Dial: usual.Dial / hurry, Check: usual.Check / hurry, Quiet: usual.Quiet / hurry, LetGo: usual.LetGo / hurry,
	}))
	p := &plane{dialer: dialer, prober: reconcile.SSH{Dialer: dialer}, gateway: gateway.New(dialer, log, gateway.Hurried(hurry))}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /machines", p.meet)
	mux.HandleFunc("POST /forget/{machine}", func(_ http.ResponseWriter, r *http.Request) { dialer.Forget(p.at(r).Target.Deployment) })
	mux.HandleFunc("GET /desktop/{machine}", func(w http.ResponseWriter, r *http.Request) {
		p.gateway.Serve(w, r, gateway.Viewer{Target: p.at(r).Target, Control: dictumal.ControlFull, Clipboard: dictumal.ClipboardBoth})
	})
	mux.HandleFunc("GET /rest", func(w http.ResponseWriter, _ *http.Request) {
		debug.FreeOSMemory()
		_, _ = fmt.Fprint(w, runtime.NumGoroutine())
	})
	mux.HandleFunc("GET /stacks", func(w http.ResponseWriter, _ *http.Request) { _ = pprof.Lookup("goroutine").WriteTo(w, 1) })
	for name, look := range map[string]func(context.Context, hostile.Address) string{
		"probe": p.probe, "guacamole": p.guacamole, "log": p.log, "certify": p.certify,
	} {
		mux.HandleFunc("POST /"+name+"/{machine}", func(w http.ResponseWriter, r *http.Request) {
			ctx, cancel := context.WithTimeout(r.Context(), 8*time.Second/hurry)
			defer cancel()
			_, _ = io.WriteString(w, look(ctx, p.at(r)))
		})
	}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	if _, err := fmt.Println(listener.Addr()); err != nil { //nolint:forbidigo // it is what the test waits for
		return err
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}
	return server.Serve(listener)
}

func (p *plane) meet(w http.ResponseWriter, r *http.Request) {
	var at hostile.Address
	if err := json.NewDecoder(r.Body).Decode(&at); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.machines = append(p.machines, at)
	_, _ = fmt.Fprint(w, len(p.machines)-1)
}

func (p *plane) at(r *http.Request) hostile.Address {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	n, _ := strconv.Atoi(r.PathValue("machine"))
	return p.machines[n]
}

func (p *plane) probe(ctx context.Context, at hostile.Address) string {
	return tell(p.prober.Probe(ctx, at.Target))
}

func (p *plane) guacamole(ctx context.Context, at hostile.Address) string {
	door := machine.Door{Name: "machine.dictumal.invalid", Roots: x509.NewCertPool(), Ports: at.Ports}
	return tell(p.prober.ProbeGuacamole(ctx, at.Target, door))
}

func (p *plane) log(ctx context.Context, at hostile.Address) string {
	piece, err := p.prober.Log(ctx, at.Target, 0, 64<<10)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%d bytes", len(piece))
}

func (p *plane) certify(ctx context.Context, at hostile.Address) string {
	err := p.prober.Certify(ctx, at.Target, func([]byte) ([]byte, error) { return []byte("certificate"), nil })
	if err != nil {
		return err.Error()
	}
	return "certified"
}

// tell puts a report in words: what was seen, and why no more.
func tell(report machine.Report, err error) string {
	var seen []string
	for _, check := range []struct {
		name string
		ok   bool
	}{
		{"ssh", report.SSH},
		{"vnc", report.VNC},
		{"greeting", report.Greeting},
		{"framebuffer", report.Framebuffer},
		{"desktop", report.Desktop},
		{"http80", report.HTTP80},
		{"guac-http", report.GuacHTTP},
		{"guac-https", report.GuacHTTPS},
	} {
		if check.ok {
			seen = append(seen, check.name)
		}
	}
	text := "seen: " + strings.Join(append(seen, report.Bootstrap), " ")
	if report.Failure != nil {
		text += "; failed: " + report.Failure.Cause + " " + report.Failure.NextStep
	}
	if len(report.Dialogs) > 0 {
		text += "; dialogs: " + strings.Join(report.Dialogs, ", ")
	}
	if report.Cause != nil {
		text += "; cause: " + report.Cause.Error()
	}
	if err != nil {
		text += "; error: " + err.Error()
	}
	return text
}
