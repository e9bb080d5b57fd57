package oceantest

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
)

// firewall keeps its rules as they were sent.
type firewall struct {
	ID         string     `json:"id"`
	Status     string     `json:"status"`
	CreatedAt  string     `json:"created_at"`
	Pending    []struct{} `json:"pending_changes"`
	Name       string     `json:"name"`
	Inbound    []rule     `json:"inbound_rules"`
	Outbound   []rule     `json:"outbound_rules"`
	DropletIDs []int      `json:"droplet_ids"`
	Tags       []string   `json:"tags"`
}

type rule struct {
	Protocol     string  `json:"protocol"`
	Ports        string  `json:"ports"`
	Sources      *target `json:"sources,omitempty"`
	Destinations *target `json:"destinations,omitempty"`
}

type target struct {
	Addresses  []string `json:"addresses,omitempty"`
	DropletIDs []int    `json:"droplet_ids,omitempty"`
	Tags       []string `json:"tags,omitempty"`
}

func (c *call) listFirewalls() *answer {
	part, rest := page(c, c.firewalls)
	return reply(http.StatusOK, struct {
		Firewalls []*firewall `json:"firewalls"`
		paging
	}{part, rest})
}

func (c *call) getFirewall() *answer {
	if found := c.findFirewall(); found != nil {
		return showFirewall(http.StatusOK, *found)
	}
	return refuse(http.StatusNotFound, "")
}

func (c *call) createFirewall() *answer {
	asked, refused := c.readFirewall("")
	if refused != nil {
		return refused
	}
	asked.ID = fmt.Sprintf("fb6045f1-cf1d-4ca3-bfac-%012d", c.number())
	asked.CreatedAt = stamp(c.now)
	c.firewalls = append(c.firewalls, &asked)
	waiting := asked
	waiting.Status = "waiting"
	return showFirewall(http.StatusAccepted, waiting)
}

func (c *call) updateFirewall() *answer {
	found := c.findFirewall()
	if found == nil {
		return refuse(http.StatusNotFound, "")
	}
	asked, refused := c.readFirewall(found.ID)
	if refused != nil {
		return refused
	}
	asked.ID, asked.CreatedAt = found.ID, found.CreatedAt
	*found = asked
	return showFirewall(http.StatusOK, asked)
}

func (c *call) deleteFirewall() *answer {
	found := c.findFirewall()
	if found == nil {
		return refuse(http.StatusNotFound, "")
	}
	c.firewalls = slices.DeleteFunc(c.firewalls, func(f *firewall) bool { return f == found })
	return reply(http.StatusNoContent, nil)
}

func (c *call) findFirewall() *firewall {
	for _, f := range c.firewalls {
		if f.ID == c.request.PathValue("id") {
			return f
		}
	}
	return nil
}

// readFirewall reads what a firewall is to be. Its name is its own, and its tags
// must be there already.
func (c *call) readFirewall(own string) (firewall, *answer) {
	asked := firewall{Status: "succeeded", Pending: []struct{}{}, Inbound: []rule{}, Outbound: []rule{}, DropletIDs: []int{}, Tags: []string{}}
	if refused := c.read(&asked); refused != nil {
		return firewall{}, refused
	}
	if !regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9.-]+$`).MatchString(asked.Name) {
		return firewall{}, refuse(http.StatusUnprocessableEntity, "invalid firewall name")
	}
	if len(asked.Inbound)+len(asked.Outbound) == 0 {
		return firewall{}, refuse(http.StatusUnprocessableEntity, "must have at least one inbound or outbound rule")
	}
	for _, tag := range asked.Tags {
		if _, ok := c.findTag(tag); !ok {
			return firewall{}, refuse(http.StatusUnprocessableEntity, "tag "+tag+" does not exist")
		}
	}
	if len(asked.Tags) > 5 || len(asked.DropletIDs) > 10 || len(asked.Inbound)+len(asked.Outbound) > 50 {
		return firewall{}, refuse(http.StatusUnprocessableEntity, "a firewall has at most 5 tags, 10 droplets and 50 rules")
	}
	for _, f := range c.firewalls {
		if f.Name == asked.Name && f.ID != own {
			return firewall{}, refuse(http.StatusConflict, "")
		}
	}
	return asked, nil
}

func showFirewall(status int, shown firewall) *answer {
	return reply(status, struct {
		Firewall firewall `json:"firewall"`
	}{shown})
}
