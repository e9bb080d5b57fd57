package digitalocean

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/digitalocean/godo"

	"github.com/dictumal/dictumal"
)

// defaultImage is what the bootstrap is tested on.
const defaultImage = "ubuntu-24-04-x64"

// Private

// image chooses what a machine of a size is made from.
func (p *Provider) image(ctx context.Context, region string, size dictumal.Size) (godo.DropletCreateImage, error) {
	images, err := p.images.get(ctx)
	if err != nil {
		return godo.DropletCreateImage{}, err
	}
	if p.config.ImageSlug == "" && p.config.UseLatestUbuntu {
		if slug := latestUbuntu(images, region, size); slug != "" {
			return godo.DropletCreateImage{Slug: slug}, nil
		}
	}
	wanted := p.wantedImage()
	index := slices.IndexFunc(images, func(image godo.Image) bool {
		return wanted == image.Slug || wanted == strconv.Itoa(image.ID)
	})
	if index < 0 || !offered(images[index], region) {
		return godo.DropletCreateImage{}, refusalImage(wanted, region, nil)
	}
	if images[index].MinDiskSize > size.DiskGB {
		return godo.DropletCreateImage{}, refusalDisk(wanted, images[index].MinDiskSize, size)
	}
	if id, err := strconv.Atoi(wanted); err == nil {
		return godo.DropletCreateImage{ID: id}, nil
	}
	return godo.DropletCreateImage{Slug: wanted}, nil
}

func (p *Provider) wantedImage() string { return cmp.Or(p.config.ImageSlug, defaultImage) }

// readImages reads the images to choose from: the one that is wanted, unless it
// is to be found.
func (p *Provider) readImages(ctx context.Context) ([]godo.Image, error) {
	if p.config.ImageSlug == "" && p.config.UseLatestUbuntu {
		images, err := pages(ctx, p.client.Images.ListDistribution)
		return images, p.explain("list images", "image:read", err)
	}
	image, response, err := p.readImage(ctx, p.wantedImage())
	if answered(response, http.StatusNotFound) {
		return nil, nil
	}
	if err == nil && image == nil {
		err = errEmpty
	}
	if err != nil {
		return nil, p.explain("look at the image", "image:read", err)
	}
	return []godo.Image{*image}, nil
}

// readImage asks for an image by its slug or, as a private one has none, its id.
func (p *Provider) readImage(ctx context.Context, name string) (*godo.Image, *godo.Response, error) {
	if id, err := strconv.Atoi(name); err == nil {
		return p.client.Images.GetByID(ctx, id)
	}
	return p.client.Images.GetBySlug(ctx, name)
}

// offered tells whether an image can be used in a region.
func offered(image godo.Image, region string) bool {
	return (image.Status == "" || image.Status == "available") && slices.Contains(image.Regions, region)
}

// latestUbuntu is the slug of the newest Ubuntu with long-term support that a
// machine of the size can be made from; empty where there is none.
func latestUbuntu(images []godo.Image, region string, size dictumal.Size) (slug string) {
	newest := 0
	for _, image := range images {
		year := longTerm(image.Slug)
		if year > newest && image.Public && offered(image, region) && image.MinDiskSize <= size.DiskGB {
			newest, slug = year, image.Slug
		}
	}
	return slug
}

// longTerm is the year of an Ubuntu with long-term support, which comes in April
// of every even year; zero for anything else.
func longTerm(slug string) int {
	year, isUbuntu := strings.CutPrefix(slug, "ubuntu-")
	year, isApril := strings.CutSuffix(year, "-04-x64")
	number, err := strconv.Atoi(year)
	if !isUbuntu || !isApril || err != nil || len(year) != 2 || number%2 != 0 {
		return 0
	}
	return number
}
