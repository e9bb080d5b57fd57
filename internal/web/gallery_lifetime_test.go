package web

import (
	"time"

	"github.com/dictumal/dictumal"
)

// lifetimeScenes are what people see of an end that comes near.
func lifetimeScenes() []scene {
	failed := failed(7, "Statistics of the harbour", dictumal.Failure{
		Reason:   dictumal.ReasonConfiguringTimeout,
		Cause:    "The desktop was not ready within 20 minutes; the machine's " + dictumal.LogPath + " says why.",
		NextStep: "Read the boot log, and try again.",
	})
	calm, urgent := ending(2, "Welcome", 14*time.Minute, 0), ending(3, longTitle, 3*time.Minute, 0)
	half, last := ending(4, "Agent workbench", 3*time.Hour, 52), ending(5, "Review bench", 9*time.Minute, 96)
	chosen := DestroyAllPage{Frame: frame("instances", "Destroy", "")}
	for _, d := range []dictumal.Deployment{calm, urgent, last} {
		chosen.Cards = append(chosen.Cards, newCard(d, surroundings()))
	}
	chosen.Cost = "$4.12"
	return []scene{
		list("lifetime", []dictumal.Deployment{calm, urgent, half, last, failed, deployment(6, "Minimal", dictumal.Active, dictumal.StageActive)}, listing{}),
		single("lifetime-calm", calm, bootText(40)),
		single("lifetime-urgent", urgent, bootText(40)),
		single("lifetime-budget", last, bootText(40)),
		single("lifetime-failed", failed, bootText(40)),
		{name: "destroy-all", page: "destroy-all", view: chosen},
		{name: "destroy-all-none", page: "destroy-all", view: DestroyAllPage{Frame: frame("instances", "Destroy", "")}},
	}
}

// ending is active for so long, and has used up so much of a budget; 0: it has none.
func ending(n int, title string, left time.Duration, percent float64) dictumal.Deployment {
	d := deployment(n, title, dictumal.Active, dictumal.StageActive)
	d.CreatedAt = noon.Add(left - 4*time.Hour)
	d.OrderedAt, d.ActiveAt, d.ExpiresAt = d.CreatedAt, d.CreatedAt.Add(20*time.Second), noon.Add(left)
	if percent > 0 {
		d.PricePerHour = 0.036
		d.Policy.Lifetime.Budget = d.Cost(noon) / percent * 100
	}
	return d
}

func oneHour(d dictumal.Deployment) (time.Time, bool) {
	ending, ends := d.Ending()
	return d.ExpiresAt.Add(time.Hour), ends && d.Status.Live() && ending.Clause == dictumal.ClauseTTL
}
