package reconcile

import (
	"github.com/dictumal/dictumal/internal/bootstrap"
	"github.com/dictumal/dictumal/internal/machine"
	"github.com/dictumal/dictumal/internal/store"
)

// UserData writes what a machine is told at its first boot.
type UserData func(row store.Row, document string, host machine.KeyPair) (string, error)

// Bootstrap is the user-data of the machines of this program.
func Bootstrap(row store.Row, document string, host machine.KeyPair) (string, error) {
	return bootstrap.UserData(bootstrap.Input{
		Hostname:      row.MachineName,
		AuthorizedKey: row.ClientPublic,
		HostKey: bootstrap.HostKey{
			PrivatePEM: string(host.PrivatePEM),
			PublicLine: host.AuthorizedLine,
		},
		Policy:   row.Policy,
		Document: document,
		Stream:   row.Stream,
	})
}
