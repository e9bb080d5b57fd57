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
	Without     string        // the defence that is switched off; only with the tag mutants
}

// Usual is the plan of a seed: by turns one process or several, and a cloud that
// tells the truth or one that lags.
func Usual(seed uint64, deployments int) Plan {
	plan := Plan{
		Seed: seed, Deployments: deployments, Climate: Truthful, Replicas: 1 + int(seed%3),
		Rates: Rates{Kill: .08, Stop: .001}, Pace: 12 * time.Second,
	}
	if plan.Replicas == 1 {
		plan.Rates.Kill = .025 // it has all the work, and nobody goes on meanwhile
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
	if p.Total == 0 {
		p.Total = 50
	}
	return p
}

func (p Plan) bounds() Bounds {
	return Bounds{
		Orphan: 5 * time.Minute, Gone: 3 * time.Minute, Overspend: 5 * time.Minute,
		Provision: provision, Configure: configure, Destroy: 5 * time.Minute, ErrorKeep: errorKeep,
		PerUser: p.PerUser, Total: p.Total, CallsMinute: 250, CallsHour: 4000,
	}
}
