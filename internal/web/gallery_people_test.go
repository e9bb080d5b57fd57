package web

import (
	"fmt"
	"strings"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/auth"
	"github.com/dictumal/dictumal/internal/store"
)

// peopleScenes are the list of people, and one of each kind.
func peopleScenes() []scene {
	crowd := make([]auth.Person, peoplePerPage+1)
	for i := range crowd {
		crowd[i] = some(i)
	}
	page := func(name string, people []auth.Person, who, after string) scene {
		return scene{name: name, page: "people", view: newPeoplePage(frame("people", "People", ""), people, who, after, noon)}
	}
	one := func(name string, p auth.Person, change func(*PersonPage)) scene {
		view := newPersonPage(frame("people", p.User.Email, ""), p, noon)
		change(&view)
		return scene{name: name, page: "person", view: view}
	}
	as := func(*PersonPage) {}
	operator := some(0)
	operator.Operator, operator.User.Email, operator.User.Name = true, "local@localhost", "Local user"
	return []scene{
		page("people", crowd, "", crowd[0].User.ID), page("people-one", crowd[1:2], "grace", ""), page("people-no-match", nil, "nobody@example.org", ""),
		one("person", some(3), as), one("person-blocked", some(1), as), one("person-not-listed", some(2), as),
		one("person-self", some(0), func(p *PersonPage) { p.Self = true }), one("person-operator", operator, as),
	}
}

func some(i int) auth.Person {
	kinds := []auth.Person{
		{Person: store.Person{User: dictumal.User{Email: "ada@example.org", Name: "Ada Lovelace", Admin: true}, Sessions: 2, Tokens: 1, Desktops: 3, SeenAt: noon}, Provider: "Google", Standing: auth.In},
		{Person: store.Person{User: dictumal.User{Email: "grace.hopper@example.org", Name: "Grace Hopper", BlockedAt: noon.Add(-time.Hour)}, Tokens: 2, Desktops: 1, SeenAt: noon.Add(-2 * time.Hour)}, Provider: "id.example.org", Standing: auth.Blocked},
		{Person: store.Person{User: dictumal.User{Email: "bob@example.net", Name: "bob@example.net"}}, Provider: "accounts.example.net", Standing: auth.NotListed},
		{Person: store.Person{User: dictumal.User{Email: strings.Repeat("long.", 12) + "name@example.org", Name: strings.Repeat("A long name ", 6)}, Sessions: 1, Desktops: 12, SeenAt: noon.Add(-30 * 24 * time.Hour)}, Provider: "id.example.org", Standing: auth.In},
	}
	person := kinds[i%len(kinds)]
	person.User.ID, person.User.CreatedAt = fmt.Sprintf("01KAH3XQ%018d", 900-i), noon.Add(-time.Duration(i+40)*24*time.Hour)
	return person
}
