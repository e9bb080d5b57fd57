package oceantest

import (
	"net/http"
	"slices"
	"strings"
)

func (c *call) listDroplets() *answer {
	query := c.request.URL.Query()
	tag, name, kind := query.Get("tag_name"), query.Get("name"), query.Get("type")
	if tag != "" && (name != "" || kind != "") {
		return refuse(http.StatusUnprocessableEntity, "tag_name cannot be combined with name or type")
	}
	shown := []dropletView{}
	for _, d := range c.droplets {
		graphics := strings.HasPrefix(d.Size, "gpu-")
		if d.listed(c.now) && graphics == (kind == "gpus") &&
			(name == "" || strings.EqualFold(name, d.Name)) && (tag == "" || slices.Contains(d.tags(c.now), tag)) {
			shown = append(shown, c.view(d))
		}
	}
	part, rest := page(c, shown)
	return reply(http.StatusOK, struct {
		Droplets []dropletView `json:"droplets"`
		paging
	}{part, rest})
}

func (c *call) getDroplet() *answer {
	d := c.find(c.id(), c.now)
	if d == nil {
		return refuse(http.StatusNotFound, "")
	}
	return reply(http.StatusOK, struct {
		Droplet dropletView `json:"droplet"`
	}{c.view(d)})
}

func (c *call) listRegions() *answer {
	part, rest := page(c, c.catalog.Regions)
	return reply(http.StatusOK, struct {
		Regions []Region `json:"regions"`
		paging
	}{part, rest})
}

func (c *call) listSizes() *answer {
	part, rest := page(c, c.catalog.Sizes)
	return reply(http.StatusOK, struct {
		Sizes []Size `json:"sizes"`
		paging
	}{part, rest})
}
