package oceantest

import (
	"net/http"
	"strconv"

	"golang.org/x/crypto/ssh"
)

// key is a public key of the account.
type key struct {
	ID          int    `json:"id"`
	Name        string `json:"name"`
	Fingerprint string `json:"fingerprint"`
	PublicKey   string `json:"public_key"`
}

func (c *call) listKeys() *answer {
	part, rest := page(c, c.keys)
	return reply(http.StatusOK, struct {
		Keys []key `json:"ssh_keys"`
		paging
	}{part, rest})
}

func (c *call) createKey() *answer {
	var asked key
	if refused := c.read(&asked); refused != nil {
		return refused
	}
	parsed, _, _, _, err := ssh.ParseAuthorizedKey([]byte(asked.PublicKey))
	if err != nil || asked.Name == "" {
		return refuse(http.StatusUnprocessableEntity, "Key invalid, key should be of the format `type key [comment]`")
	}
	made := key{ID: c.number(), Name: asked.Name, Fingerprint: ssh.FingerprintLegacyMD5(parsed), PublicKey: asked.PublicKey}
	if _, taken := c.findKey(made.Fingerprint); taken {
		return refuse(http.StatusUnprocessableEntity, "SSH Key is already in use on your account")
	}
	c.keys = append(c.keys, made)
	return reply(http.StatusCreated, struct {
		Key key `json:"ssh_key"`
	}{made})
}

// findKey finds a key by its number or fingerprint.
func (o *Ocean) findKey(name string) (key, bool) {
	for _, k := range o.keys {
		if strconv.Itoa(k.ID) == name || k.Fingerprint == name {
			return k, true
		}
	}
	return key{}, false
}
