package e2e

import (
	"testing"
	"time"

	"github.com/dictumal/dictumal/internal/bench/fleet"
)

func TestADeploymentOnDigitalOceanCostsAtMostFortyCallsUntilItIsActive(t *testing.T) {
	story := fleet.Run(t, fleet.Plan{Deployments: 1, Up: 10 * time.Minute})
	until := story.Until(story.Deployments[0].ActiveAt)
	if len(until.Calls) > 40 {
		t.Errorf("%d calls, want at most 40: %s", len(until.Calls), until.Kinds())
	}
}

// Eight deployments stand for a hundred here, which take minutes where every access
// to memory is watched; the benchmark of calls has all of them. What a deployment
// costs by itself grows with their number, and the one list that all share does not:
// it is read every five seconds at the most.
func TestAHundredDeploymentsInAnHourCostAtMostHalfOfDigitalOceansLimit(t *testing.T) {
	const few, many, lists = 8, 100, 720
	story := fleet.Run(t, fleet.Plan{Deployments: few, Every: 36 * time.Second, Up: 20 * time.Minute})
	shared := story.Count("GET /v2/droplets")
	if span := story.Deployments[few-1].DestroyedAt.Sub(story.Deployments[0].CreatedAt); shared > int(span/(5*time.Second))+1 {
		t.Errorf("%d lists were read in %s, want at most one every five seconds", shared, span)
	}
	if calls := lists + (len(story.Calls)-shared)*many/few; calls > 2500 {
		t.Errorf("%d deployments would cost %d calls in an hour, want at most 2,500; %d have cost %s", many, calls, few, story.Kinds())
	}
	if refused := story.Refused(); refused != 0 {
		t.Errorf("%d calls were too many for a minute", refused)
	}
}
