package main

import (
	"fmt"

	"github.com/dictumal/dictumal/internal/client"
)

type peopleCommand struct {
	List    listPeopleCommand `cmd:"" help:"List who has an account, what they have open, and whether they may come in."`
	Block   blockCommand      `cmd:"" help:"Keep somebody out from now on, and end what they have open; their desktops stay."`
	Unblock unblockCommand    `cmd:"" help:"Let somebody in again."`
	SignOut signOutOfCommand  `cmd:"" name:"sign-out" help:"End all sessions of somebody, and what is open by them; their tokens stay good."`
}

type listPeopleCommand struct{}

// Run prints a table of people.
func (listPeopleCommand) Run(w *world) error {
	server, err := w.client()
	if err != nil {
		return err
	}
	people, err := server.People(w.ctx)
	if err != nil {
		return err
	}
	return w.answer(people, func() { w.sayPeople(people) })
}

type blockCommand struct {
	Who string `arg:"" name:"email" help:"Whom: an e-mail address, or an id as people list shows it."`
}

// Run keeps somebody out.
func (c blockCommand) Run(w *world) error {
	return w.about(c.Who, func(server *client.Client, p client.Person) error {
		blocked, err := server.Block(w.ctx, p.ID)
		if err != nil {
			return err
		}
		return w.answer(blocked, func() {
			w.say("%s is blocked, and what they had open has ended.", blocked.Email)
			if blocked.Desktops > 0 {
				w.say("%s: dictumal audit machines", staying(blocked.Desktops))
			}
		})
	})
}

type unblockCommand struct {
	Who string `arg:"" name:"email" help:"Whom: an e-mail address, or an id as people list shows it."`
}

// Run lets somebody in again.
func (c unblockCommand) Run(w *world) error {
	return w.about(c.Who, func(server *client.Client, p client.Person) error {
		known, err := server.Unblock(w.ctx, p.ID)
		if err != nil {
			return err
		}
		return w.answer(known, func() {
			w.say("%s is not blocked any more.", known.Email)
			if known.Standing != "in" {
				w.say("They may not come in all the same: the server's lists do not name them (DICTUMAL_ALLOW).")
			}
		})
	})
}

type signOutOfCommand struct {
	Who string `arg:"" name:"email" help:"Whom: an e-mail address, or an id as people list shows it."`
}

// Run ends the sessions of somebody.
func (c signOutOfCommand) Run(w *world) error {
	return w.about(c.Who, func(server *client.Client, p client.Person) error {
		ended, err := server.SignOutOf(w.ctx, p.ID)
		if err != nil {
			return err
		}
		return w.answer(struct {
			ID    string `json:"id"`
			Ended int    `json:"ended"`
		}{p.ID, ended}, func() { w.say("%s is signed out: %d of their sessions ended.", p.Email, ended) })
	})
}

// Private

// about does something to the one person who is meant.
func (w *world) about(who string, do func(*client.Client, client.Person) error) error {
	server, err := w.client()
	if err != nil {
		return err
	}
	person, err := server.Person(w.ctx, who)
	if err != nil {
		return err
	}
	return do(server, person)
}

func (w *world) sayPeople(people []client.Person) {
	table := newColumns("ID", "WHO", "BY", "ADMIN", "MADE", "LAST SEEN", "DESKTOPS", "SESSIONS", "TOKENS", "STATE")
	for _, p := range people {
		admin := "-"
		if p.Admin {
			admin = "yes"
		}
		table.row(p.ID, p.Email, p.Provider, admin, moment(&p.CreatedAt), moment(p.SeenAt), p.Desktops, p.Sessions, p.Tokens, standingWords(p))
	}
	w.say("%s", table)
}

func standingWords(p client.Person) string {
	switch p.Standing {
	case "in":
		return "may come in"
	case "blocked":
		return "BLOCKED" + since(p.BlockedAt)
	case "not-listed":
		return "not on the server's lists"
	}
	return p.Standing
}

func staying(desktops int) string {
	if desktops == 1 {
		return "Their desktop stays until its end"
	}
	return fmt.Sprintf("Their %d desktops stay until their ends", desktops)
}
