package oceantest

import (
	"net/http"
	"time"
)

// action is something that is done to a droplet.
type action struct {
	id      int
	kind    string
	droplet *droplet
	started time.Time
}

type actionView struct {
	ID           int     `json:"id"`
	Status       string  `json:"status"`
	Type         string  `json:"type"`
	StartedAt    string  `json:"started_at"`
	CompletedAt  *string `json:"completed_at"`
	ResourceID   int     `json:"resource_id"`
	ResourceType string  `json:"resource_type"`
	Region       Region  `json:"region"`
	RegionSlug   string  `json:"region_slug"`
}

func (c *call) getAction() *answer {
	for _, a := range c.actions {
		if a.id == c.id() {
			return c.showAction(http.StatusOK, a)
		}
	}
	return refuse(http.StatusNotFound, "")
}

func (c *call) actOnDroplet() *answer {
	d := c.find(c.id(), c.now)
	if d == nil {
		return refuse(http.StatusNotFound, "")
	}
	var asked struct {
		Type string `json:"type"`
	}
	if refused := c.read(&asked); refused != nil {
		return refused
	}
	if c.busy(d) {
		return refuse(http.StatusUnprocessableEntity, pending)
	}
	switch asked.Type {
	case "power_on":
		if !d.off {
			return refuse(http.StatusUnprocessableEntity, "Droplet is already powered on.")
		}
		d.off = false
		d.machine.powerOn(c.Ocean)
	case "power_off":
		if d.off {
			return refuse(http.StatusUnprocessableEntity, "Droplet is already powered off.")
		}
		d.off = true
		d.machine.powerOff(c.Ocean)
	default:
		return refuse(http.StatusUnprocessableEntity, "The stand-in knows power_on and power_off only.")
	}
	return c.showAction(http.StatusCreated, c.begin(asked.Type, d))
}

func (o *Ocean) begin(kind string, d *droplet) *action {
	begun := &action{id: o.number(), kind: kind, droplet: d, started: time.Now()}
	o.actions = append(o.actions, begun)
	return begun
}

// busy tells whether a droplet is locked by its create or its end.
func (c *call) busy(d *droplet) bool {
	return !d.deletedAt.IsZero() || !d.errored && !d.off && d.status(c.now) == "new"
}

func (c *call) showAction(status int, a *action) *answer {
	region, _ := c.catalog.Region(a.droplet.Region)
	shown := actionView{
		ID: a.id, Status: "completed", Type: a.kind, StartedAt: stamp(a.started),
		ResourceID: a.droplet.ID, ResourceType: "droplet", Region: region, RegionSlug: region.Slug,
	}
	done := stamp(c.now)
	shown.CompletedAt = &done
	if a.kind == "create" && a.droplet.status(c.now) == "new" {
		if shown.Status = "in-progress"; a.droplet.errored {
			shown.Status = "errored"
		} else {
			shown.CompletedAt = nil
		}
	}
	return reply(status, struct {
		Action actionView `json:"action"`
	}{shown})
}
