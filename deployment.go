package dictumal

import "time"

// Stream says how the desktop reaches the browser.
type Stream string

const (
	// Native is where the control plane reaches the machine's VNC server through SSH.
	Native Stream = "native"
	// Guacamole is Guacamole on the machine, launched with an encrypted token.
	Guacamole Stream = "guacamole"
)

// MinMemoryMB is the least memory on which a machine can carry the stream: a
// desktop takes little, and Docker, guacd and Tomcat beside it want 2 GB.
func (s Stream) MinMemoryMB() int {
	if s == Guacamole {
		return 2000 // clouds count their gigabytes in both ways
	}
	return 0
}

// Deployment is a desktop on a machine of its own, made from one version of a
// constitution.
type Deployment struct {
	ID           string
	Owner        string
	Constitution ConstitutionRef
	Policy       Policy
	Provider     string
	Stream       Stream
	Region       string
	Size         string
	PricePerHour float64 // USD
	Billing      Billing // how the provider charges, as it was when it was ordered

	Status   Status
	Progress Progress
	Failure  *Failure
	// Warning is what keeps the deployment from going on at present, though it has
	// not been given up; nil where nothing does.
	Warning *Failure

	// MachineName is the name of the present attempt; it is written down before
	// the provider is asked, so that an answer that was lost can be looked up.
	MachineName string
	MachineID   string
	IP          string

	// Generation counts what people have asked for.
	Generation int64

	CreatedAt     time.Time
	OrderedAt     time.Time // when the machine was ordered; zero until then, as are the following
	ConfiguringAt time.Time
	ActiveAt      time.Time
	ErrorAt       time.Time
	DestroyedAt   time.Time
	MachineGoneAt time.Time // when its machine was proven to be gone
	ExpiresAt     time.Time
	RemindedAt    time.Time // until when people have been told of the end to come

	// Proof is by what the machine counts as gone.
	Proof Proof
}

// Proof is what was observed before a machine counted as gone.
type Proof struct {
	Absences int       // how often the provider was seen without it; 0: it never had one
	Since    time.Time // the first time
}

// ConstitutionRef names the version that governs a deployment.
type ConstitutionRef struct {
	ID      string
	Title   string
	Version int
	Hash    string
}

// Cost is what the deployment has cost until now by the provider's rules, in USD.
func (d Deployment) Cost(now time.Time) float64 { return d.CostSince(d.OrderedAt, now) }

// CostSince is what of it falls into the time since then.
func (d Deployment) CostSince(since, now time.Time) float64 {
	if d.OrderedAt.IsZero() {
		return 0
	}
	end := now
	for _, over := range []time.Time{d.DestroyedAt, d.MachineGoneAt} {
		if !over.IsZero() && over.Before(end) {
			end = over
		}
	}
	whole := d.Billing.Charge(d.PricePerHour, d.OrderedAt, end)
	if !since.After(d.OrderedAt) {
		return whole
	}
	return whole - d.Billing.Charge(d.PricePerHour, d.OrderedAt, earlier(since, end))
}

// MaxCost is the most that the deployment can cost by its lifetime, in USD, and
// false where it has no end of its own.
func (d Deployment) MaxCost() (float64, bool) {
	ending, ok := d.Ending()
	if !ok {
		return 0, false
	}
	begun := d.OrderedAt
	if begun.IsZero() {
		begun = d.CreatedAt
	}
	most := d.Billing.Charge(d.PricePerHour, begun, ending.At)
	if budget := d.Policy.Lifetime.Budget; budget > 0 {
		most = min(most, budget)
	}
	return most, true
}

// Launchable tells whether the desktop can be opened.
func (d Deployment) Launchable() bool { return d.Status == Active }
