package digitalocean

import (
	"context"
	"errors"

	"github.com/digitalocean/godo"
)

const (
	perPage  = 200
	maxPages = 100 // bounds a list that never ends
)

// errPart is of a list that ends before its last page: what is not in it may exist.
var errPart = errors.New("the list is not whole")

// pages reads a list to its end.
func pages[T any](ctx context.Context, list func(context.Context, *godo.ListOptions) ([]T, *godo.Response, error)) ([]T, error) {
	var all []T
	for page := 1; page <= maxPages; page++ {
		some, response, err := list(ctx, &godo.ListOptions{Page: page, PerPage: perPage})
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
		if response.Links == nil || response.Links.IsLastPage() {
			return all, nil
		}
		if len(some) == 0 {
			break
		}
	}
	return nil, errPart
}
