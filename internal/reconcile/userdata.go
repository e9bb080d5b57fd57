package reconcile

import (
	"cmp"
	"fmt"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/bootstrap"
	"github.com/dictumal/dictumal/internal/guacamole"
	"github.com/dictumal/dictumal/internal/machine"
	"github.com/dictumal/dictumal/internal/store"
)

// UserData writes what a machine is told at its first boot.
type UserData func(row store.Row, document string, host machine.KeyPair) (string, error)

// Bootstrap writes the user-data of the machines of this program.
type Bootstrap struct {
	Sealer         Sealer
	GuacamoleImage string // empty: the official one, as is the next
	GuacdImage     string
}

// UserData writes what a machine is told at its first boot.
func (b Bootstrap) UserData(row store.Row, document string, host machine.KeyPair) (string, error) {
	in := bootstrap.Input{
		Hostname:      row.MachineName,
		AuthorizedKey: row.ClientPublic,
		HostKey: bootstrap.HostKey{
			PrivatePEM: string(host.PrivatePEM),
			PublicLine: host.AuthorizedLine,
		},
		Policy:   row.Policy,
		Document: document,
		Stream:   row.Stream,
	}
	if row.Stream == dictumal.Guacamole {
		secret, err := b.Sealer.Open(row.StreamSecret, row.StreamSecretContext())
		if err != nil {
			return "", fmt.Errorf("open the stream's secret: %w", err)
		}
		in.Guacamole = &bootstrap.Guacamole{
			PasswordFile:   guacamole.PasswordFile(guacamole.VNCPassword(secret)),
			JSONKey:        guacamole.JSONKey(secret),
			GuacamoleImage: cmp.Or(b.GuacamoleImage, bootstrap.OfficialGuacamole),
			GuacdImage:     cmp.Or(b.GuacdImage, bootstrap.OfficialGuacd),
		}
	}
	return bootstrap.UserData(in)
}
