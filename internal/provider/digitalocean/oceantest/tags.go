package oceantest

import (
	"net/http"
	"regexp"
	"strings"
)

type tagView struct {
	Name      string       `json:"name"`
	Resources resourceView `json:"resources"`
}

type resourceView struct {
	Count    int   `json:"count"`
	Droplets count `json:"droplets"`
	Images   count `json:"images"`
}

type count struct {
	Count int `json:"count"`
}

// createTag makes a tag; one that is there already is no error.
func (c *call) createTag() *answer {
	var asked struct {
		Name string `json:"name"`
	}
	if refused := c.read(&asked); refused != nil {
		return refused
	}
	if !validTag(asked.Name) {
		return refuse(http.StatusUnprocessableEntity, "Tag names may only contain letters, numbers, colons, dashes and underscores")
	}
	return c.showTag(http.StatusCreated, c.addTag(asked.Name))
}

func (c *call) getTag() *answer {
	if name, ok := c.findTag(c.request.PathValue("name")); ok {
		return c.showTag(http.StatusOK, name)
	}
	return refuse(http.StatusNotFound, "")
}

func (c *call) showTag(status int, name string) *answer {
	tagged := 0
	for _, d := range c.droplets {
		if d.there(c.now) && contains(d.tags(c.now), name) {
			tagged++
		}
	}
	return reply(status, struct {
		Tag tagView `json:"tag"`
	}{tagView{Name: name, Resources: resourceView{Count: tagged, Droplets: count{tagged}}}})
}

// addTag makes a tag where it is missing. The first spelling stays.
func (o *Ocean) addTag(name string) string {
	if known, ok := o.findTag(name); ok {
		return known
	}
	o.tags = append(o.tags, name)
	return name
}

func (o *Ocean) findTag(name string) (string, bool) {
	for _, known := range o.tags {
		if strings.EqualFold(known, name) {
			return known, true
		}
	}
	return "", false
}

func validTag(name string) bool {
	return len(name) <= 255 && regexp.MustCompile(`^[a-zA-Z0-9_\-:]+$`).MatchString(name)
}
