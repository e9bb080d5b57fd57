package oceantest

import (
	"net/http"
	"strconv"
)

func (c *call) listImages() *answer {
	query := c.request.URL.Query()
	shown := []Image{}
	for _, image := range c.catalog.Images {
		if query.Get("private") == "true" && image.Public {
			continue
		}
		if query.Get("type") == "distribution" && (image.Type != "base" || !image.Public) {
			continue
		}
		shown = append(shown, image)
	}
	part, rest := page(c, shown)
	return reply(http.StatusOK, struct {
		Images []Image `json:"images"`
		paging
	}{part, rest})
}

func (c *call) getImage() *answer {
	image, ok := c.catalog.image(c.request.PathValue("id"))
	if !ok {
		return refuse(http.StatusNotFound, "")
	}
	return reply(http.StatusOK, struct {
		Image Image `json:"image"`
	}{image})
}

// image finds an image by its slug, or by its number.
func (c Catalog) image(name string) (Image, bool) {
	for _, image := range c.Images {
		if strconv.Itoa(image.ID) == name || image.Slug != nil && *image.Slug == name {
			return image, true
		}
	}
	return Image{}, false
}
