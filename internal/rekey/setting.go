package rekey

import (
	"context"
	"fmt"

	"github.com/dictumal/dictumal"
)

// authority is the setting that is sealed. The id of the key is part of its name, so
// that it comes back with the secret that seals it.
const authority = "authority"

// Authority returns what the installation's certificate authority is kept as, whatever
// key it was sealed with, and keeps what make makes where there is none.
func (r *Rekeyer) Authority(ctx context.Context, fresh func() ([]byte, error)) ([]byte, error) {
	r.turn.Lock()
	defer r.turn.Unlock()
	kept, err := r.settings(ctx)
	if kept != nil || err != nil {
		return kept, err
	}
	if err := r.lament(ctx); err != nil {
		return nil, err
	}
	plaintext, err := fresh()
	if err != nil {
		return nil, err
	}
	name := nameOf(authority, r.Sealer.KeyID())
	sealed, err := r.Sealer.Seal(plaintext, place(name))
	if err != nil {
		return nil, fmt.Errorf("seal the certificate authority: %w", err)
	}
	if sealed, err = r.Store.Setting(ctx, name, sealed); err != nil { // somebody else's, where they were first
		return nil, err
	}
	return r.open(sealed, name)
}

// Private

func nameOf(setting, keyID string) string { return setting + "-" + keyID }

func place(name string) string { return "setting|" + name }

// settings brings the authority along to the newest key, and returns it; nil where there
// is none. The machines that it vouches for, and the browsers that it is installed in,
// must not notice. Where there is one of the newest key already, that one stays. All is
// read at one moment: another replica, which has another of the keys for the newest, may
// take it there meanwhile, and it must not seem to be nowhere.
func (r *Rekeyer) settings(ctx context.Context) (kept []byte, err error) {
	all, err := r.Store.SealedSettings(ctx)
	if err != nil {
		return nil, err
	}
	to := nameOf(authority, r.Sealer.KeyID())
	if sealed, there := all[to]; there {
		if kept, err = r.open(sealed, to); err != nil {
			return nil, err
		}
	}
	for _, id := range r.Sealer.Former() {
		from := nameOf(authority, id)
		sealed, there := all[from]
		if !there {
			continue
		}
		plaintext, err := r.open(sealed, from)
		if err != nil {
			return nil, err
		}
		if sealed, err = r.Sealer.Seal(plaintext, place(to)); err != nil {
			return nil, fmt.Errorf("seal the certificate authority: %w", err)
		}
		if err := r.Store.MoveSetting(ctx, from, to, sealed); err != nil {
			return nil, err
		}
		if kept == nil {
			kept = plaintext
		}
		r.Passed("authority-moved")
	}
	return kept, nil
}

// lament says that another authority is made because the one that there is does not open.
func (r *Rekeyer) lament(ctx context.Context) error {
	status, err := r.Status(ctx)
	for _, key := range status.Keys {
		if key.Values > key.rows {
			r.Log.WarnContext(ctx, "The certificate authority in the database was sealed with another secret and does not open, so another one is made; "+
				"machines take its certificates by themselves, browsers have to install it.", "key", key.ID)
		}
	}
	return err
}

func (r *Rekeyer) open(sealed, name string) ([]byte, error) {
	plaintext, err := r.Sealer.Open(sealed, place(name))
	if err != nil {
		return nil, dictumal.NewError(dictumal.CodeInternal,
			"The certificate authority in the database is damaged; restore the database from a backup.").Wrap(err)
	}
	return plaintext, nil
}
