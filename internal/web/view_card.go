package web

import (
	"time"

	"github.com/dictumal/dictumal"
)

// Card is one deployment as lists, its own page and the deploy dialog show it.
type Card struct {
	ID           string
	Title        string
	Constitution string // its id
	Version      int
	Hash         string // short

	Status  dictumal.Status
	State   State
	Stage   dictumal.Stage
	Words   string // of the stage
	Percent int
	Steps   []Step
	Working bool // on its way to ACTIVE

	Seconds int // since it was asked for
	Elapsed string
	Typical string // empty where none is known
	Lines   string // the last of the boot log

	Region, Size, Price string
	Spent               string    // empty where nothing is charged
	Settled             bool      // nothing more will be
	Lifetime            *Lifetime // nil where it does not end by itself
	Created             *Moment

	Failure *Failure
	Warning *dictumal.Failure // what keeps it from going on at present

	CanOpen, CanDestroy bool
	CanRetry            bool
	DirectIP            bool
	Certificate         bool // the machine shows a certificate of our own authority
}

// State is a status with a word and a shape, so that colour is never alone.
type State struct {
	Word, Shape, Tone string
}

// Step is one stage on the way to ACTIVE.
type Step struct {
	Stage   dictumal.Stage
	Words   string
	Percent int
	State   string // done, now or todo
}

// Surroundings is what a card needs beyond the deployment itself.
type Surroundings struct {
	Now         time.Time
	Typical     time.Duration
	Lines       string
	GatewayHost string
	ErrorKeep   time.Duration
	// Foreign is set where an administrator looks at what is somebody else's.
	Foreign bool
	// Extendable is until when a click extends a deployment; nil: none can be.
	Extendable func(dictumal.Deployment) (until time.Time, ok bool)
}

func newCard(d dictumal.Deployment, s Surroundings) Card {
	card := Card{
		ID: d.ID, Title: d.Constitution.Title, Constitution: d.Constitution.ID,
		Version: d.Constitution.Version, Hash: dictumal.ShortHash(d.Constitution.Hash),
		Status: d.Status, State: newState(d.Status),
		Stage: d.Progress.Stage, Words: d.Progress.Stage.Words(), Percent: d.Progress.Stage.Percent(),
		Steps:   newSteps(d),
		Working: d.Status == dictumal.Provisioning || d.Status == dictumal.Configuring,
		Seconds: int(s.Now.Sub(d.CreatedAt).Seconds()),
		Elapsed: clock(s.Now.Sub(d.CreatedAt)),
		Lines:   s.Lines,
		Region:  d.Region, Size: d.Size, Price: priceWords(d.PricePerHour),
		Created:    newMoment(d.CreatedAt, s.Now),
		CanOpen:    d.Launchable(),
		CanDestroy: d.Status != dictumal.Destroying && d.Status != dictumal.Destroyed,
		DirectIP:   d.Launchable() && d.Stream == dictumal.Guacamole && s.GatewayHost != "",
		CanRetry:   d.Status == dictumal.Errored && !needsEdit(d.Failure),

		Lifetime:    newLifetime(d, s),
		Warning:     d.Warning,
		Certificate: d.Launchable() && d.Stream == dictumal.Guacamole,
	}
	if s.Foreign {
		card.CanOpen, card.CanRetry, card.DirectIP, card.Certificate = false, false, false, false
	}
	if s.Typical > 0 {
		card.Typical = clock(s.Typical)
	}
	if d.PricePerHour > 0 && hasCost(d) {
		card.Spent, card.Settled = spent(d.Cost(s.Now)), !d.MachineGoneAt.IsZero() || d.Status == dictumal.Destroyed
	}
	if d.Failure != nil {
		card.Failure = newFailure(d, s)
	}
	return card
}

// Private

// hasCost is false where no machine was ordered yet, or the order was refused.
func hasCost(d dictumal.Deployment) bool { return !d.OrderedAt.IsZero() }

func newState(status dictumal.Status) State {
	switch status {
	case dictumal.Provisioning:
		return State{"Provisioning", "◐", "working"}
	case dictumal.Configuring:
		return State{"Configuring", "◐", "working"}
	case dictumal.Active:
		return State{"Active", "●", "running"}
	case dictumal.Errored:
		return State{"Failed", "▲", "failed"}
	case dictumal.Destroying:
		return State{"Destroying", "◐", "gone"}
	case dictumal.Destroyed:
		return State{"Destroyed", "○", "gone"}
	}
	return State{string(status), "○", "gone"}
}

// newSteps tells for each stage whether it has passed. A stage is reported when
// it begins, so the present one is still being worked on, but for the last.
func newSteps(d dictumal.Deployment) []Step {
	present := d.Progress.Stage.Percent()
	var steps []Step
	for _, stage := range dictumal.Stages(d.Stream) {
		step := Step{Stage: stage, Words: stage.Words(), Percent: stage.Percent(), State: "todo"}
		switch {
		case stage.Percent() < present, stage == dictumal.StageActive && d.Progress.Stage == stage:
			step.State = "done"
		case stage == d.Progress.Stage:
			step.State = "now"
		}
		steps = append(steps, step)
	}
	return steps
}
