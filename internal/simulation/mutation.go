//go:build mutants

package simulation

import (
	"testing"
	"time"
)

// Mutation is a plan for a control plane that lacks one of its defences.
type Mutation struct {
	Plan
	By    Invariant // that it must break
	Quick bool      // it shows within seconds

	scenario func(t *testing.T, without string) Report // of its own, instead of the plan
}

// String is the defence, and who lacks it.
func (m Mutation) String() string {
	if m.Rates.Away > 0 {
		return m.Without + " of three replicas"
	}
	return m.Without
}

// Run carries the plan out.
func (m Mutation) Run(t *testing.T) Report {
	t.Helper()
	if m.scenario != nil {
		return m.scenario(t, m.Without)
	}
	return Run(t, m.Plan)
}

// Mutations lists one for each defence.
func Mutations() []Mutation {
	storm := Usual(2, 120)
	caps := Plan{Seed: 1, Deployments: 20, Climate: Truthful, Pace: time.Second, PerUser: 2, Total: 4}
	return []Mutation{
		{Plan: storm.without("the intent row"), By: NoDouble, Quick: true},
		{Plan: storm.without("adopt"), By: NoDouble},
		{Plan: Usual(2, 300).without("grace"), By: NoDouble},
		{Plan: storm.without("absence check"), By: NoFalseEnd, Quick: true},
		{Plan: Usual(2, 300).without("create never retried"), By: NoDouble},
		{Plan: storm.without("patience with 404"), By: NoFalseEnd},
		{Plan: Late(1, 120).without(withoutSweeper), By: NoOrphan},
		{Plan: Late(1, 200).without("unique attempt name"), By: Explained},
		{Plan: Halting(1, 120).without(withoutFence), By: History},
		{Plan: Halting(1, 600).without("lease"), By: NoDouble},
		{Plan: Shared(2, 60).without(withoutFence), By: Alone, Quick: true},
		{Plan: Shared(2, 60).without("lease"), By: Alone},
		{Plan: Shared(2, 60).without("one sweep at a time"), By: OneSweep},
		{Plan: Shared(2, 60).without(withoutClock), By: Alone},
		{Plan: caps.without(withoutCap), By: Bill, Quick: true},
		{Plan: Plan{}.without("list before rows"), By: NoFalseKill, scenario: Overlap},
	}
}

// Private

func (p Plan) without(defence string) Plan {
	p.Without = defence
	return p
}
