package app

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/dictumal/dictumal/internal/authority"
)

// Private

// root is what an authority is kept as.
type root struct {
	Key  []byte    `json:"key"`
	Made time.Time `json:"made"`
}

// authority opens the installation's certificate authority, or makes it at the
// first start. It goes along to the newest key: with a secret that knows nothing of
// the one before there is another authority, and the first one again when that comes back.
func (a *App) authority(ctx context.Context) (*authority.Authority, error) {
	kept, err := a.keys.Authority(ctx, newRoot)
	if err != nil {
		return nil, err
	}
	var r root
	if err := json.Unmarshal(kept, &r); err != nil {
		return nil, fmt.Errorf("read the certificate authority: %w", err)
	}
	return authority.Load(r.Key, r.Made, []string{string(a.config.GatewayHost)})
}

func newRoot() ([]byte, error) {
	key, err := authority.NewKey()
	if err != nil {
		return nil, err
	}
	return json.Marshal(root{Key: key, Made: time.Now().UTC().Truncate(time.Second)})
}
