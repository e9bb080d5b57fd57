package dictumal

import (
	"net"
	"strings"
)

// GatewayHost is where browsers find the guacamole stream, with a port or without.
// Where it holds "{id}", each deployment has a name of its own; where it does not,
// it can lead to one machine only, since the path is the same on all. It is empty
// where machines are opened by their addresses.
type GatewayHost string

// Of is the host of a deployment.
func (h GatewayHost) Of(deployment string) string {
	return strings.ReplaceAll(string(h), gatewayID, strings.ToLower(deployment))
}

// NameOf is the host of a deployment without a port, as certificates know it.
func (h GatewayHost) NameOf(deployment string) string {
	host := h.Of(deployment)
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return host
}

// PerDeployment tells whether each deployment has a name of its own.
func (h GatewayHost) PerDeployment() bool { return strings.Contains(string(h), gatewayID) }

// Private

const gatewayID = "{id}"
