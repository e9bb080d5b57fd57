package control

import (
	"context"
	"fmt"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/guacamole"
	"github.com/dictumal/dictumal/internal/store"
)

// targetIP asks for the machine's own address instead of the gateway host.
const targetIP = "ip"

// Private

// launchGuacamole sends the browser straight to the machine, with a token that is
// good for one sign-in within five minutes. It stands in the fragment, which
// browsers keep to themselves.
func (c *Control) launchGuacamole(ctx context.Context, p dictumal.Principal, row store.Row, target string) (location, story string, err error) {
	secret, err := c.streamSecret(row)
	if err != nil {
		return "", "", err
	}
	host, err := c.guacamoleHost(ctx, row, target)
	if err != nil {
		return "", "", err
	}
	rights := row.Policy.Stream
	token, err := guacamole.Token(guacamole.JSONKey(secret), guacamole.Login{
		// The machine compares with its own clock.
		Expires: now().Add(guacamole.TokenLife + row.ClockSkew).Truncate(time.Millisecond),
		Connection: guacamole.Connection{
			Name: row.Constitution.Title, Password: guacamole.VNCPassword(secret),
			ReadOnly: rights.Control == dictumal.ControlViewOnly,
			NoCopy:   !rights.Clipboard.MayCopy(), NoPaste: !rights.Clipboard.MayPaste(),
		},
	})
	if err != nil {
		return "", "", fmt.Errorf("make the launch token: %w", err)
	}
	return guacamole.LaunchURL(host, token), fmt.Sprintf("Launched by %s, at %s.", who(p), host), nil
}

func (c *Control) streamSecret(row store.Row) ([]byte, error) {
	if row.StreamSecret == "" || row.IP == "" {
		return nil, dictumal.ErrCredentials
	}
	secret, err := c.Sealer.Open(row.StreamSecret, row.StreamSecretContext())
	if err != nil {
		return nil, dictumal.ErrCredentials.Wrap(err)
	}
	return secret, nil
}

// guacamoleHost is where the browser finds the machine. A gateway host without the
// deployment's id in it leads to one machine, the first that is still there: in the
// wrong hands a token opens the right machine.
func (c *Control) guacamoleHost(ctx context.Context, row store.Row, target string) (string, error) {
	switch {
	case target != "" && target != targetIP:
		return "", dictumal.Invalid(dictumal.Fault{Location: "target", Message: fmt.Sprintf(
			"Target %q is not known; leave it out, or write ip for the machine's own address.", target)})
	case target == targetIP, c.GatewayHost == "":
		return row.IP, nil
	case c.GatewayHost.PerDeployment():
		return c.GatewayHost.Of(row.ID), nil
	}
	first, err := c.Store.FirstLive(ctx, dictumal.Guacamole)
	if err != nil {
		return "", wrap("find the machine of the gateway host", err)
	}
	if first != row.ID {
		return row.IP, nil
	}
	return c.GatewayHost.Of(row.ID), nil
}

// addStreamSecret gives a deployment what its password and key are derived from, sealed.
func (c *Control) addStreamSecret(row *store.Row) (err error) {
	row.StreamSecret, err = c.Sealer.Seal(guacamole.NewSecret(), row.StreamSecretContext())
	if err != nil {
		return fmt.Errorf("seal the stream's secret: %w", err)
	}
	return nil
}
