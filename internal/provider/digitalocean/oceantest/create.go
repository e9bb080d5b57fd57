package oceantest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// order is what a create asks for.
type order struct {
	Name     string            `json:"name"`
	Names    []string          `json:"names"`
	Region   string            `json:"region"`
	Size     string            `json:"size"`
	Image    json.RawMessage   `json:"image"`
	SSHKeys  []json.RawMessage `json:"ssh_keys"`
	Tags     []string          `json:"tags"`
	UserData string            `json:"user_data"`
}

type droplets struct {
	Droplet dropletView `json:"droplet"`
	Links   actionLinks `json:"links"`
}

type actionLinks struct {
	Actions []actionLink `json:"actions"`
}

type actionLink struct {
	ID   int    `json:"id"`
	Rel  string `json:"rel"`
	Href string `json:"href"`
}

// createDroplet takes an order; the answer shows the droplet as new, whatever it
// is a moment later.
func (c *call) createDroplet() *answer {
	var asked order
	if refused := c.read(&asked); refused != nil {
		return refused
	}
	if c.options.Account.Status == "locked" {
		return refuse(http.StatusForbidden, "Your account is locked. "+c.options.Account.Message)
	}
	keys, wrong := c.check(asked)
	if wrong != "" {
		return refuse(http.StatusUnprocessableEntity, wrong)
	}
	d := c.newDroplet(asked, keys)
	c.droplets = append(c.droplets, d)
	for _, tag := range d.Tags {
		c.addTag(tag)
	}
	made := c.begin("create", d)
	c.made = d
	shown := c.view(d)
	shown.Status, shown.Locked, shown.Networks, shown.Tags = "new", true, networksView{V4: []networkView{}, V6: []networkView{}}, []string{}
	return reply(http.StatusAccepted, droplets{shown, actionLinks{[]actionLink{{
		ID: made.id, Rel: "create", Href: fmt.Sprintf("https://api.digitalocean.com/v2/actions/%d", made.id),
	}}}})
}

func (c *call) newDroplet(asked order, keys []int) *droplet {
	d := &droplet{Droplet: Droplet{
		ID: c.number(), Name: asked.Name, Region: asked.Region, Size: asked.Size, Image: unquote(asked.Image),
		SSHKeys: keys, Tags: append([]string{}, asked.Tags...), UserData: asked.UserData,
		Status: "new", CreatedAt: c.now.Truncate(time.Second).UTC(),
	}, bornAt: c.now, listedAt: c.now, taggedAt: c.now}
	if d.Region == "" {
		d.Region = c.catalog.Regions[0].Slug
	}
	d.address, d.nextAddress = addresses(d.ID)
	d.activeAt = c.now.Add(c.options.Boot)
	d.addressAt = d.activeAt.Add(c.options.AddressAfter)
	return d
}

// check says what is wrong with an order, in DigitalOcean's words where they are known.
func (c *call) check(asked order) (keys []int, wrong string) {
	hostname := regexp.MustCompile(`^[a-zA-Z0-9]?[a-z0-9A-Z.\-]*[a-z0-9A-Z]$`)
	if len(asked.Names) > 0 {
		return nil, "The stand-in makes one droplet at a time."
	}
	if len(asked.Name) > 255 || !hostname.MatchString(asked.Name) {
		return nil, "Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)"
	}
	if wrong := c.checkPlace(asked); wrong != "" {
		return nil, wrong
	}
	if len(asked.UserData) > 64<<10 {
		return nil, "User data is too long (maximum is 64 KiB)"
	}
	for _, tag := range asked.Tags {
		if !validTag(tag) {
			return nil, "Tag names may only contain letters, numbers, colons, dashes and underscores"
		}
	}
	for _, name := range asked.SSHKeys {
		key, ok := c.findKey(unquote(name))
		if !ok {
			return nil, string(name) + " are invalid key identifiers for Droplet creation."
		}
		keys = append(keys, key.ID)
	}
	if c.count(c.now) >= c.options.Limit {
		return nil, "creating this/these droplet(s) will exceed your droplet limit"
	}
	return keys, ""
}

// checkPlace says what of size, region and image does not go together.
func (c *call) checkPlace(asked order) string {
	size, ok := c.catalog.Size(asked.Size)
	if !ok {
		return "You specified an invalid size for Droplet creation."
	}
	image, ok := c.catalog.image(unquote(asked.Image))
	if !ok {
		return "You specified an invalid image for Droplet creation."
	}
	if !size.Available {
		return "Size is not available."
	}
	if asked.Region == "" {
		return ""
	}
	region, ok := c.catalog.Region(asked.Region)
	switch {
	case !ok:
		return "You specified an invalid region for Droplet creation."
	case !region.Available:
		return "Region is not available"
	case !contains(size.Regions, region.Slug) || !contains(region.Sizes, size.Slug):
		return "Size is not available in this region."
	case !contains(image.Regions, region.Slug):
		return "The image you specified is not available in the selected region, you can transfer it to this region from the images pages."
	case image.MinDiskSize > size.Disk:
		return "You specified an image that is too large for this size."
	}
	return ""
}

// unquote gives the text of a name that may be a string or a number.
func unquote(name json.RawMessage) string { return strings.Trim(string(name), `"`) }
