package digitalocean

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/digitalocean/godo"
	"golang.org/x/crypto/ssh"
)

// errNoKey is of an answer that lacks what was made.
var errNoKey = errors.New("the answer holds no key")

// Private

// readKeys finds the keys for every order. An order without any would let
// DigitalOcean choose a password for root and send it by e-mail, so where none
// is set there is one that nobody has the other half of.
func (p *Provider) readKeys(ctx context.Context) ([]godo.DropletCreateSSHKey, error) {
	var set []godo.DropletCreateSSHKey
	for _, key := range p.config.SSHKeys {
		if id, err := strconv.Atoi(key); err == nil {
			set = append(set, godo.DropletCreateSSHKey{ID: id})
		} else {
			set = append(set, godo.DropletCreateSSHKey{Fingerprint: key})
		}
	}
	if len(set) > 0 {
		return set, nil
	}
	keys, err := pages(ctx, p.client.Keys.List)
	if err != nil {
		return nil, p.explain("list SSH keys", "ssh_key:read", err)
	}
	index := slices.IndexFunc(keys, func(key godo.Key) bool { return key.Name == p.mark() })
	if index >= 0 {
		return []godo.DropletCreateSSHKey{{ID: keys[index].ID}}, nil
	}
	return p.registerKey(ctx)
}

func (p *Provider) registerKey(ctx context.Context) ([]godo.DropletCreateSSHKey, error) {
	public, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	encoded, err := ssh.NewPublicKey(public)
	if err != nil {
		return nil, err
	}
	line := strings.TrimSpace(string(ssh.MarshalAuthorizedKey(encoded)))
	key, _, err := p.client.Keys.Create(ctx, &godo.KeyCreateRequest{Name: p.mark(), PublicKey: line})
	if err == nil && key == nil {
		err = errNoKey
	}
	if err != nil {
		return nil, p.explain("register an SSH key", "ssh_key:create", err)
	}
	return []godo.DropletCreateSSHKey{{ID: key.ID}}, nil
}
