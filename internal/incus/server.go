package incus

import (
	"context"
	"net/http"
)

// Server is what the daemon says of itself.
type Server struct {
	Auth        string `json:"auth"`
	Environment struct {
		ServerVersion  string            `json:"server_version"`
		KernelFeatures map[string]string `json:"kernel_features"`
		Firewall       string            `json:"firewall"`
		Certificate    string            `json:"certificate_fingerprint"` // by which clients know it
	} `json:"environment"`
}

// Server asks the daemon for its version and what the kernel can.
func (c *Client) Server(ctx context.Context) (Server, error) {
	var server Server
	err := c.call(ctx, http.MethodGet, "/1.0", nil, &server)
	return server, err
}

// Resources is what the host has.
type Resources struct {
	CPU struct {
		Total int `json:"total"`
	} `json:"cpu"`
	Memory struct {
		Total int64 `json:"total"` // bytes
	} `json:"memory"`
}

// Resources asks what the host has.
func (c *Client) Resources(ctx context.Context) (Resources, error) {
	var resources Resources
	err := c.call(ctx, http.MethodGet, "/1.0/resources", nil, &resources)
	return resources, err
}
