package web

import (
	"context"
	"net/http"

	"github.com/dictumal/dictumal"
)

// Private

func (s *Web) people(w http.ResponseWriter, r *http.Request, p dictumal.Principal) error {
	query := r.URL.Query()
	who, after := query.Get("who"), query.Get("after")
	people, err := s.Auth.Users(r.Context(), p, who, after, peoplePerPage+1)
	if err != nil {
		return err
	}
	s.show(w, r, http.StatusOK, "people", newPeoplePage(s.frame(r, "people", "People", ""), people, who, after, s.look().Now))
	return nil
}

// person is where one is asked before somebody is signed out or blocked.
func (s *Web) person(w http.ResponseWriter, r *http.Request, p dictumal.Principal) error {
	person, err := s.Auth.Person(r.Context(), p, r.PathValue("id"))
	if err != nil {
		return err
	}
	page := newPersonPage(s.frame(r, "people", person.User.Email, ""), person, s.look().Now)
	page.Self = person.User.ID == p.User.ID
	s.show(w, r, http.StatusOK, "person", page)
	return nil
}

// signOutOf signs somebody out. Who does that to themselves finds it out at the page
// that they are sent to.
func (s *Web) signOutOf(w http.ResponseWriter, r *http.Request, p dictumal.Principal) error {
	if _, err := s.Auth.SignOutOf(r.Context(), p, r.PathValue("id")); err != nil {
		return err
	}
	http.Redirect(w, r, "/people/"+r.PathValue("id"), http.StatusSeeOther)
	return nil
}

// standing changes whether somebody may come in.
func (s *Web) standing(change func(context.Context, dictumal.Principal, string) error) handler {
	return func(w http.ResponseWriter, r *http.Request, p dictumal.Principal) error {
		if err := change(r.Context(), p, r.PathValue("id")); err != nil {
			return err
		}
		http.Redirect(w, r, "/people/"+r.PathValue("id"), http.StatusSeeOther)
		return nil
	}
}
