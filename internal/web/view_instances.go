package web

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/control"
)

// perPage is how many cards a page holds: what fits in 30 KiB.
const perPage = 15

// screenful is how many cards need no filter.
const screenful = 6

// listing is what the list of instances is asked for.
type listing struct {
	Query, State, After string
}

// stock is the part of a list that was asked for, and what there is of it in all.
type stock struct {
	shown        []dictumal.Deployment
	byGroup      map[string]int
	total        int
	matching     int
	older, newer *string // what the pages beside begin after; nil: there is none
}

// newInstancesPage shows the part of all, newest first, that was asked for.
func newInstancesPage(frame Frame, stock stock, ask listing, look Surroundings, tails map[string]string) InstancesPage {
	page := InstancesPage{Frame: frame, Query: ask.Query, State: ask.State, Total: stock.total, Matching: stock.matching}
	if stock.total > screenful || ask.Query != "" || ask.State != "" {
		page.Filters = newFilters(stock, ask)
	}
	for _, d := range stock.shown {
		look.Lines = lastLines(tails[d.ID])
		page.Cards = append(page.Cards, newCard(d, look))
	}
	if stock.older != nil {
		page.Older = ask.link(*stock.older)
	}
	if stock.newer != nil {
		page.Newer = ask.link(*stock.newer)
	}
	return page
}

// pick finds what was asked for among all, newest first.
func pick(all []dictumal.Deployment, ask listing) stock {
	found := stock{byGroup: map[string]int{}, total: len(all)}
	var matching []dictumal.Deployment
	for _, d := range all {
		found.byGroup[group(d.Status)]++
		if ask.matches(d) {
			matching = append(matching, d)
		}
	}
	found.matching = len(matching)
	first := 0
	if ask.After != "" {
		first = slices.IndexFunc(matching, func(d dictumal.Deployment) bool { return d.ID < ask.After })
		if first < 0 {
			first = len(matching)
		}
	}
	last := min(first+perPage, len(matching))
	found.shown = matching[first:last]
	if last < len(matching) {
		found.older = &matching[last-1].ID
	}
	if first > perPage {
		found.newer = &matching[first-perPage-1].ID
	} else if first > 0 {
		found.newer = new(string)
	}
	return found
}

// Private

// group is what people filter by; some hold several statuses.
func group(status dictumal.Status) string {
	switch status {
	case dictumal.Provisioning, dictumal.Configuring:
		return "starting"
	case dictumal.Active:
		return "active"
	case dictumal.Errored:
		return "failed"
	case dictumal.Destroying, dictumal.Destroyed:
		return "ending"
	}
	return ""
}

// statuses are those of a group that people may still have; none of another name.
func statuses(name string) (among control.Among) {
	n := 0
	for _, status := range dictumal.Statuses() {
		if status != dictumal.Destroyed && group(status) == name {
			among[n] = status
			n++
		}
	}
	return among
}

func newFilters(stock stock, ask listing) []Filter {
	filters := []Filter{{Name: "All", URL: listing{Query: ask.Query}.link(""), Count: stock.total, On: ask.State == ""}}
	for _, name := range []string{"active", "starting", "failed", "ending"} {
		if n := stock.byGroup[name]; n > 0 || ask.State == name {
			filters = append(filters, Filter{
				Name: strings.ToUpper(name[:1]) + name[1:],
				URL:  listing{Query: ask.Query, State: name}.link(""), Count: n, On: ask.State == name,
			})
		}
	}
	return filters
}

func (l listing) matches(d dictumal.Deployment) bool {
	if l.State != "" && group(d.Status) != l.State {
		return false
	}
	text := strings.ToLower(strings.Join([]string{d.Constitution.Title, d.Region, d.Size, d.IP, d.ID}, " "))
	return strings.Contains(text, strings.ToLower(strings.TrimSpace(l.Query)))
}

func (l listing) link(after string) string {
	values := url.Values{}
	for name, value := range map[string]string{"q": l.Query, "state": l.State, "after": after} {
		if value != "" {
			values.Set(name, value)
		}
	}
	if len(values) == 0 {
		return "/instances"
	}
	return "/instances?" + values.Encode()
}

// typical is the median time to ACTIVE of those that made it.
func typical(all []dictumal.Deployment) time.Duration {
	var times []time.Duration
	for _, d := range all {
		if !d.ActiveAt.IsZero() {
			times = append(times, d.ActiveAt.Sub(d.CreatedAt))
		}
	}
	if len(times) == 0 {
		return 0
	}
	slices.Sort(times)
	return times[len(times)/2]
}

// lastLines are as many lines of a boot log as a card has room for.
func lastLines(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-6):], "\n")
}
