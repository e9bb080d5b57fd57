package web_test

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

// stocked writes deployments of somebody in all statuses, by turns, and returns them,
// newest first.
func (w *world) stocked(email string, count int) []dictumal.Deployment {
	w.Helper()
	owner, all := w.userID(email), []dictumal.Deployment{}
	for i := range count {
		d := dictumal.Deployment{
			ID: fmt.Sprintf("%s%03d", email[:1], i), Owner: owner, Stream: dictumal.Native, Size: "small", CreatedAt: time.Now(),
			Constitution: dictumal.ConstitutionRef{ID: "C", Title: "A desk", Version: 1, Hash: "0123456789abcdef"},
		}
		_, _, err := w.store.AddDeployment(w.Context(), store.Order{Row: store.Row{Deployment: d}, PerUser: 1000, Total: 1000})
		w.must(err)
		d.Status = dictumal.Statuses()[i*5%7%6] // some more often than others
		row, ok, err := w.store.Claim(w.Context(), "test", time.Minute)
		w.must(err)
		if !ok || row.ID != d.ID {
			w.Fatalf("claimed %q", row.ID)
		}
		row.Status, row.Progress.Stage = d.Status, dictumal.StageActive
		w.must(w.store.Save(w.Context(), row, store.Outcome{Wake: time.Now().Add(time.Hour)}))
		if d.Status != dictumal.Destroyed {
			all = append(all, d)
		}
	}
	slices.Reverse(all)
	return all
}

var (
	cardOf  = regexp.MustCompile(`data-deployment="([^"]+)"`)
	linkTo  = regexp.MustCompile(`rel="(prev|next)" href="([^"]+)"`)
	inState = map[string][]dictumal.Status{
		"":         dictumal.Statuses(),
		"active":   {dictumal.Active},
		"starting": {dictumal.Provisioning, dictumal.Configuring},
		"failed":   {dictumal.Errored},
		"ending":   {dictumal.Destroying},
		"nonsense": nil,
	}
)

// list is a page of instances, as somebody sees it.
type list struct {
	cards      []string
	prev, next string
}

func (p *person) list(path string) list {
	p.Helper()
	var l list
	body := p.get(path).body
	for _, match := range cardOf.FindAllStringSubmatch(body, -1) {
		l.cards = append(l.cards, match[1])
	}
	for _, match := range linkTo.FindAllStringSubmatch(body, -1) {
		link, err := url.PathUnescape(regexp.MustCompile(`&amp;`).ReplaceAllString(match[2], "&"))
		if err != nil {
			p.Fatal(err)
		}
		if match[1] == "next" {
			l.next = link
		} else {
			l.prev = link
		}
	}
	return l
}

func TestEveryInstanceIsOnOnePageOfTheList(t *testing.T) {
	w := newWorld(t)
	ada := w.person("ada@example.org")
	w.person("bob@example.org")
	all := w.stocked("ada@example.org", 90)
	w.stocked("bob@example.org", 20)
	for state, statuses := range inState {
		for _, text := range []string{"", "desk"} { // in the database, and in all that was read
			t.Run(fmt.Sprintf("in state %q with text %q", state, text), func(t *testing.T) {
				var want, got []string
				for _, d := range all {
					if slices.Contains(statuses, d.Status) {
						want = append(want, d.ID)
					}
				}
				pages := []list{}
				for link := "/instances?state=" + state + "&q=" + text; link != ""; link = pages[len(pages)-1].next {
					pages = append(pages, ada.list(link))
				}
				for i, page := range pages {
					got = append(got, page.cards...)
					if len(page.cards) > 15 || (page.prev != "") != (i > 0) {
						t.Errorf("page %d has %d cards, and before it is %q", i, len(page.cards), page.prev)
					}
					if i > 0 && !slices.Equal(ada.list(page.prev).cards, pages[i-1].cards) {
						t.Errorf("back from page %d is not the page before", i)
					}
				}
				if !slices.Equal(got, want) {
					t.Errorf("got %q, want %q", got, want)
				}
			})
		}
	}
	if beyond := ada.list("/instances?after=0"); len(beyond.cards) != 0 || beyond.prev == "" {
		t.Errorf("past the end are %q, and before it is %q", beyond.cards, beyond.prev)
	}
}
