package oceantest

import (
	"cmp"
	"net/http"
)

type accountView struct {
	DropletLimit    int    `json:"droplet_limit"`
	FloatingIPLimit int    `json:"floating_ip_limit"`
	Email           string `json:"email"`
	Name            string `json:"name"`
	UUID            string `json:"uuid"`
	EmailVerified   bool   `json:"email_verified"`
	Status          string `json:"status"`
	StatusMessage   string `json:"status_message"`
}

func (c *call) account() *answer {
	return reply(http.StatusOK, struct {
		Account accountView `json:"account"`
	}{accountView{
		DropletLimit: c.options.Limit, FloatingIPLimit: 3, Email: "stand-in@example.org", Name: "Stand-in for DigitalOcean",
		UUID: cmp.Or(c.options.Account.UUID, "b6fr89dbf6d9156cace5f3c78dc9851d957381ef"), EmailVerified: true,
		Status: c.options.Account.Status, StatusMessage: c.options.Account.Message,
	}})
}
