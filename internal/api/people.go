package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/auth"
)

// Person is a user as administrators see them.
type Person struct {
	ID        string        `json:"id"`
	Email     string        `json:"email"`
	Name      string        `json:"name"`
	Provider  string        `json:"provider" doc:"Who vouches for them"`
	Admin     bool          `json:"admin"`
	Standing  auth.Standing `json:"standing" enum:"in,blocked,not-listed" doc:"Whether they may come in; not-listed: those who run the server have not named them, or not any more"`
	BlockedAt *time.Time    `json:"blockedAt"`
	CreatedAt time.Time     `json:"createdAt"`
	SeenAt    *time.Time    `json:"seenAt" doc:"As far as it is known"`
	Desktops  int           `json:"desktops" doc:"That are not destroyed"`
	Sessions  int           `json:"sessions"`
	Tokens    int           `json:"tokens"`
}

// PeopleInput says which people are wanted.
type PeopleInput struct {
	Who   string `query:"who" doc:"The id of a user, or a part of an e-mail address"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	After string `query:"after" doc:"Id of the last of the page before"`
}

// PeopleOutput answers with people.
type PeopleOutput struct{ Body []Person }

// PersonInput names a user.
type PersonInput struct {
	ID string `path:"id"`
}

// PersonOutput answers with one user.
type PersonOutput struct{ Body Person }

// Private

func (a *API) people(described huma.API) {
	huma.Register(described, operation(http.MethodGet, "/api/people", "list-people",
		"List who has an account and what they have, newest first, for administrators", http.StatusOK, 403), a.listPeople)
	huma.Register(described, operation(http.MethodPost, "/api/people/{id}/block", "block",
		"Keep somebody out and end what they have open, for administrators; their desktops stay", http.StatusOK, 403, 404, 409), a.standing(a.Auth.Block))
	huma.Register(described, operation(http.MethodPost, "/api/people/{id}/unblock", "unblock",
		"Let somebody in again, for administrators", http.StatusOK, 403, 404, 409), a.standing(a.Auth.Unblock))
	huma.Register(described, operation(http.MethodDelete, "/api/people/{id}/sessions", "sign-somebody-out",
		"End all sessions of somebody, and what is open by them, for administrators; tokens stay good", http.StatusOK, 403, 404), a.signSomebodyOut)
}

func (a *API) listPeople(ctx context.Context, in *PeopleInput) (*PeopleOutput, error) {
	p, err := a.principal(ctx)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	people, err := a.Auth.Users(ctx, p, in.Who, in.After, in.Limit)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	shaped := make([]Person, 0, len(people))
	for _, person := range people {
		shaped = append(shaped, shapePerson(person))
	}
	return &PeopleOutput{Body: shaped}, nil
}

// standing changes whether somebody may come in, and answers with how they stand then.
func (a *API) standing(change func(context.Context, dictumal.Principal, string) error) func(context.Context, *PersonInput) (*PersonOutput, error) {
	return func(ctx context.Context, in *PersonInput) (*PersonOutput, error) {
		p, err := a.principal(ctx)
		if err != nil {
			return nil, a.problem(ctx, err)
		}
		if err := change(ctx, p, in.ID); err != nil {
			return nil, a.problem(ctx, err)
		}
		person, err := a.Auth.Person(ctx, p, in.ID)
		if err != nil {
			return nil, a.problem(ctx, err)
		}
		return &PersonOutput{Body: shapePerson(person)}, nil
	}
}

func (a *API) signSomebodyOut(ctx context.Context, in *PersonInput) (*SignOutOutput, error) {
	p, err := a.principal(ctx)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	out := &SignOutOutput{}
	if out.Body.Ended, err = a.Auth.SignOutOf(ctx, p, in.ID); err != nil {
		return nil, a.problem(ctx, err)
	}
	return out, nil
}

func shapePerson(p auth.Person) Person {
	return Person{
		ID: p.User.ID, Email: p.User.Email, Name: p.User.Name, Provider: p.Provider, Admin: p.User.Admin, Standing: p.Standing,
		BlockedAt: present(p.User.BlockedAt), CreatedAt: p.User.CreatedAt, SeenAt: present(p.SeenAt),
		Desktops: p.Desktops, Sessions: p.Sessions, Tokens: p.Tokens,
	}
}
