package simulation

import (
	"fmt"
	"time"
)

// Plan is a run of the simulation.
type Plan struct {
	Seed        uint64
	Deployments int
	Climate     Climate
	Replicas    int // processes on the same database; 1
	Rates       Rates
	Pace        time.Duration // from one order to the next, on average
	PerUser     int           // cap on machines of one of the three owners; 20
	Total       int           // cap on all machines; 50
	Overspend   time.Duration // that a deployment may cost beyond what its row says; 5 min
	Without     string        // the defence that is switched off; only with the tag mutants
}

// Usual is the plan of a seed: by turns one process or several, and a cloud that
// tells the truth or one that lags.
func Usual(seed uint64, deployments int) Plan {
	plan := Plan{
		Seed: seed, Deployments: deployments, Climate: Truthful, Replicas: 1 + int(seed%3),
		Rates: Rates{Kill: .085, Stop: .0002}, Pace: 12 * time.Second,
	}
	if plan.Replicas == 1 {
		plan.Rates.Kill = .05 // it has all the work, and nobody goes on meanwhile
	}
	if seed/2%2 == 1 {
		plan.Climate = Lagging
	}
	return plan
}

// Late is the plan of a cloud that shows machines, and carries orders out, later than
// anybody waits for: it is left to the sweeper to find them.
func Late(seed uint64, deployments int) Plan {
	return Plan{
		Seed: seed, Deployments: deployments, Climate: Tardy, Replicas: 2,
		Rates: Rates{Kill: .02}, Pace: 12 * time.Second,
		Overspend: 10 * time.Minute, // two machines of one order may wait for the sweeper
	}
}

// Halting is the plan of processes that are not killed but stand still, for longer
// than their claims last, and then go on as if nothing had been.
func Halting(seed uint64, deployments int) Plan {
	return Plan{
		Seed: seed, Deployments: deployments, Climate: Lagging, Replicas: 3,
		Rates: Rates{Stop: .004}, Pace: 12 * time.Second,
		Overspend: 10 * time.Minute, // all of them may stand still at once
	}
}

// Shared is the plan of three replicas: each is killed on its own, stands still for
// longer than its claims last and goes on as if nothing had been, and the database they
// share is restarted and fails over.
func Shared(seed uint64, deployments int) Plan {
	plan := Plan{
		Seed: seed, Deployments: deployments, Climate: Truthful, Replicas: 3,
		Rates: Rates{Kill: .03, Stop: .002, Away: .5}, Pace: 12 * time.Second,
		Overspend: 10 * time.Minute, // all of them may stand still at once
	}
	if seed/2%2 == 1 {
		plan.Climate = Lagging
	}
	return plan
}

// Name says which run it is.
func (p Plan) Name() string {
	return fmt.Sprintf("seed %d, %s cloud, %d processes", p.Seed, p.Climate.Name, p.Replicas)
}

// Private

const (
	owners = 3

	grace     = 2 * time.Minute
	lease     = 30 * time.Second
	callTime  = 20 * time.Second // that a call of the cloud may take
	errorKeep = 10 * time.Minute
	configure = 20 * time.Minute
	provision = 10 * time.Minute

	stormTime = 30 * time.Minute
	calmTime  = 15 * time.Minute
)

func (p Plan) withDefaults() Plan {
	p.Replicas = max(p.Replicas, 1)
	if p.Pace == 0 {
		p.Pace = 12 * time.Second
	}
	if p.PerUser == 0 {
		p.PerUser = 20
	}
	if p.Overspend == 0 {
		p.Overspend = 5 * time.Minute
	}
	if p.Total == 0 {
		p.Total = 50
	}
	return p
}

func (p Plan) bounds() Bounds {
	return Bounds{
		Orphan: 5 * time.Minute, Gone: 3 * time.Minute, Overspend: p.Overspend,
		Provision: provision, Configure: configure, Destroy: 5 * time.Minute, ErrorKeep: errorKeep,
		PerUser: p.PerUser, Total: p.Total, CallsMinute: 250, CallsHour: 4000,
	}
}
