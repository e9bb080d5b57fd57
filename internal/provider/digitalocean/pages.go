package digitalocean

import (
	"context"

	"github.com/digitalocean/godo"
)

// maxPages bounds a list that never ends.
const maxPages = 100

// pages reads a list to its end.
func pages[T any](ctx context.Context, list func(context.Context, *godo.ListOptions) ([]T, *godo.Response, error)) ([]T, error) {
	var all []T
	for page := 1; page <= maxPages; page++ {
		some, response, err := list(ctx, &godo.ListOptions{Page: page, PerPage: 200})
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
		if len(some) == 0 || response.Links == nil || response.Links.IsLastPage() {
			break
		}
	}
	return all, nil
}
