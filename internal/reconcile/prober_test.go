package reconcile_test

import (
	"context"
	"regexp"
	"sync"
	"time"

	"github.com/dictumal/dictumal/internal/machine"
)

// machineName is what differs between two runs of a story.
var machineName = regexp.MustCompile(`dictumal-[a-z0-9]+-[a-z0-9]{26}`)

// bootTime is how long after the first look a machine shows its desktop.
const bootTime = 5 * time.Second

// prober stands for the inside of machines: SSH is not what is tested here.
type prober struct {
	mu        sync.Mutex
	first     map[string]time.Time
	forgotten map[string]bool
	targets   map[string]machine.Target
	log       []byte
	shows     func(age time.Duration) (machine.Report, error)

	request      []byte            // what machines want signed
	certificates map[string][]byte // what they were given, by deployment
	doors        map[string]machine.Door
}

func newProber() *prober {
	return &prober{
		first: map[string]time.Time{}, forgotten: map[string]bool{}, targets: map[string]machine.Target{}, shows: boots,
		certificates: map[string][]byte{}, doors: map[string]machine.Door{},
	}
}

// boots is a machine without trouble.
func boots(age time.Duration) (machine.Report, error) {
	report := machine.Report{Bootstrap: "running"}
	report.SSH = age >= bootTime/5
	report.VNC = age >= 2*bootTime/5
	report.Greeting = age >= 3*bootTime/5
	report.Framebuffer = age >= 4*bootTime/5
	if age >= bootTime {
		report.Desktop, report.Bootstrap = true, "done"
	}
	return report, nil
}

// becomes changes what machines show from now on.
func (p *prober) becomes(shows func(age time.Duration) (machine.Report, error)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.shows = shows
}

// asks changes what machines want signed from now on.
func (p *prober) asks(request []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.request = request
}

func (p *prober) Probe(ctx context.Context, target machine.Target) (machine.Report, error) {
	if ctx.Err() != nil {
		return machine.Report{}, ctx.Err()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.targets[target.Deployment] = target
	if p.first[target.Deployment].IsZero() {
		p.first[target.Deployment] = time.Now()
	}
	return p.shows(time.Since(p.first[target.Deployment]))
}

func (p *prober) ProbeGuacamole(ctx context.Context, target machine.Target, door machine.Door) (machine.Report, error) {
	p.mu.Lock()
	p.doors[target.Deployment] = door
	p.mu.Unlock()
	return p.Probe(ctx, target)
}

func (p *prober) Certify(_ context.Context, target machine.Target, sign func(request []byte) ([]byte, error)) error {
	p.mu.Lock()
	request := p.request
	p.mu.Unlock()
	certificate, err := sign(request)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err == nil {
		p.certificates[target.Deployment] = certificate
	}
	return err
}

func (p *prober) door(deployment string) machine.Door {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.doors[deployment]
}

func (p *prober) certificate(deployment string) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.certificates[deployment]
}

func (p *prober) Log(_ context.Context, _ machine.Target, offset int64, limit int) ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	rest := p.log[min(offset, int64(len(p.log))):]
	return rest[:min(len(rest), limit)], nil
}

func (p *prober) Forget(deployment string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.forgotten[deployment] = true
}
