package app

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/authority"
	"github.com/dictumal/dictumal/internal/secret"
)

// Private

// root is what an authority is kept as.
type root struct {
	Key  []byte    `json:"key"`
	Made time.Time `json:"made"`
}

// authority opens the installation's certificate authority, or makes it at the
// first start. It is kept beside the secret that seals it: with another secret
// there is another authority, and the first one again when that comes back.
func (a *App) authority(ctx context.Context, sealer *secret.Sealer) (*authority.Authority, error) {
	key, err := authority.NewKey()
	if err != nil {
		return nil, err
	}
	fresh, err := json.Marshal(root{Key: key, Made: time.Now().UTC().Truncate(time.Second)})
	if err != nil {
		return nil, err
	}
	name := "authority-" + sealer.KeyID()
	sealed, err := sealer.Seal(fresh, "setting|"+name)
	if err != nil {
		return nil, fmt.Errorf("seal the certificate authority: %w", err)
	}
	if sealed, err = a.store.Setting(ctx, name, sealed); err != nil {
		return nil, err
	}
	kept, err := sealer.Open(sealed, "setting|"+name)
	if err != nil {
		return nil, dictumal.NewError(dictumal.CodeInternal,
			"The certificate authority in the database is damaged; restore the database from a backup.").Wrap(err)
	}
	var r root
	if err := json.Unmarshal(kept, &r); err != nil {
		return nil, fmt.Errorf("read the certificate authority: %w", err)
	}
	return authority.Load(r.Key, r.Made, []string{string(a.config.GatewayHost)})
}
