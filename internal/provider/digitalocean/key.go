package digitalocean

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/digitalocean/godo"
	"golang.org/x/crypto/ssh"
)

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
	key, err := nobodysKey(p.mark())
	if err != nil {
		return nil, err
	}
	// It is known by what it is: under its name anybody with a hand in the account
	// could put a key of theirs, and be root on every machine.
	mine := ssh.FingerprintLegacyMD5(key)
	keys, err := pages(ctx, p.client.Keys.List)
	if err != nil {
		return nil, p.explain("list SSH keys", "ssh_key:read", err)
	}
	if !slices.ContainsFunc(keys, func(k godo.Key) bool { return k.Fingerprint == mine }) {
		err = p.registerKey(ctx, key)
	}
	return []godo.DropletCreateSSHKey{{Fingerprint: mine}}, err
}

func (p *Provider) registerKey(ctx context.Context, key ssh.PublicKey) error {
	line := strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key)))
	_, response, err := p.client.Keys.Create(ctx, &godo.KeyCreateRequest{Name: p.mark(), PublicKey: line})
	if answered(response, http.StatusUnprocessableEntity) && says(err, "already") {
		return nil // another replica was quicker
	}
	return p.explain("register an SSH key", "ssh_key:create", err)
}

// nobodysKey is the same for the same name. A point of the curve that a hash has
// chosen is a public key whose private half nobody can find.
func nobodysKey(name string) (ssh.PublicKey, error) {
	curve := elliptic.P256()
	for try := range 100 { // every other number is one of the curve's
		number := sha256.Sum256(fmt.Appendf(nil, "%s %d", name, try))
		x, y := elliptic.UnmarshalCompressed(curve, append([]byte{2}, number[:]...))
		if x == nil {
			continue
		}
		point := slices.Concat([]byte{4}, x.FillBytes(make([]byte, 32)), y.FillBytes(make([]byte, 32)))
		key, err := ecdsa.ParseUncompressedPublicKey(curve, point)
		if err != nil {
			return nil, err
		}
		return ssh.NewPublicKey(key)
	}
	return nil, errors.New("no key could be made")
}
