package web

import (
	"time"

	"github.com/dictumal/dictumal"
)

// grantScenes are what people see of desktops that are open to others.
func grantScenes() []scene {
	active := deployment(2, "Review bench", dictumal.Active, dictumal.StageActive)
	given := []dictumal.Grant{
		{ID: "g1", Email: "bob@example.org", Control: dictumal.ControlViewOnly, CreatedAt: noon.Add(-3 * time.Hour)},
		{ID: "g2", Email: "a.very.long.name.that.goes.on.and.on.for.a.while@department-of-statistics.example.org", Control: dictumal.ControlFull, CreatedAt: noon.Add(-time.Minute)},
	}
	ours := single("instance-shared", active, bootText(40))
	page, _ := ours.view.(InstancePage)
	page.Grants = newGrants(active, given, surroundings())
	ours.view = page

	look := surroundings()
	look.Foreign, look.Extendable = true, nil
	theirs := newInstancePage(frame("instances", "", "instances.js"), active, story(active), bootLog{{Text: bootText(40)}}, look)
	theirs.Grants = newGrants(active, given[:1], look)

	seen := func(n int, title string, status dictumal.Status, control dictumal.Control) dictumal.Deployment {
		d := deployment(n, title, status, dictumal.StageActive)
		d.Policy.Stream.Control = control
		return d
	}
	shared := newSharedCards([]dictumal.Deployment{
		seen(11, "Statistics of the harbour", dictumal.Active, dictumal.ControlViewOnly),
		seen(12, longTitle, dictumal.Configuring, dictumal.ControlFull),
	})
	with, alone := list("instances-shared", several()[:2], listing{}), list("instances-shared-only", nil, listing{})
	for _, s := range []*scene{&with, &alone} {
		page, _ := s.view.(InstancesPage)
		page.Shared = shared
		s.view = page
	}
	return []scene{ours, {name: "instance-foreign", page: "instance", view: theirs}, with, alone}
}
