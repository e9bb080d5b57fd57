package oceantest

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

// links is where the other pages of a list are; it is empty where there are none.
type links struct {
	Pages *pages `json:"pages,omitempty"`
}

type pages struct {
	First string `json:"first,omitempty"`
	Prev  string `json:"prev,omitempty"`
	Next  string `json:"next,omitempty"`
	Last  string `json:"last,omitempty"`
}

type meta struct {
	Total int `json:"total"`
}

// paging stands in every list beside what is listed.
type paging struct {
	Links links `json:"links"`
	Meta  meta  `json:"meta"`
}

// page gives the part of a list that was asked for.
func page[T any](c *call, all []T) ([]T, paging) {
	query := c.request.URL.Query()
	size := between(query.Get("per_page"), 20, 200)
	number := between(query.Get("page"), 1, 1<<20)
	last := max(1, (len(all)+size-1)/size)
	from := min(len(all), (number-1)*size)
	part := all[from:min(len(all), from+size)]
	if c.cut {
		part = part[:len(part)/2]
	}
	if part == nil {
		part = []T{} // a list is never null
	}
	return part, paging{linksTo(c.request, size, number, last), meta{len(all)}}
}

func linksTo(r *http.Request, size, number, last int) links {
	if last == 1 {
		return links{}
	}
	to := func(page int) string {
		query := r.URL.Query()
		query.Set("page", strconv.Itoa(page))
		query.Set("per_page", strconv.Itoa(size))
		return (&url.URL{Scheme: "https", Host: "api.digitalocean.com", Path: r.URL.Path, RawQuery: query.Encode()}).String()
	}
	var others pages
	if number > 1 {
		others.First, others.Prev = to(1), to(number-1)
	}
	if number < last {
		others.Next, others.Last = to(number+1), to(last)
	}
	return links{Pages: &others}
}

// between reads a number of a query; one that is no number or too small is the
// default, one that is too large the largest.
func between(text string, otherwise, largest int) int {
	number, err := strconv.Atoi(text)
	if err != nil || number < 1 {
		return otherwise
	}
	return min(number, largest)
}

func contains(list []string, wanted string) bool { return slices.Contains(list, wanted) }
