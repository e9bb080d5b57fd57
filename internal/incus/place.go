package incus

import (
	"context"
	"net/http"
)

// Pool is a storage pool.
type Pool struct {
	Name   string            `json:"name"`
	Driver string            `json:"driver"`
	Config map[string]string `json:"config"`
	UsedBy []string          `json:"used_by,omitempty"`
}

// Network is a bridge.
type Network struct {
	Name    string            `json:"name"`
	Type    string            `json:"type"`
	Managed bool              `json:"managed,omitempty"`
	Config  map[string]string `json:"config"`
	UsedBy  []string          `json:"used_by,omitempty"`
}

// Pool gets a storage pool.
func (c *Client) Pool(ctx context.Context, name string) (Pool, error) {
	var pool Pool
	err := c.call(ctx, http.MethodGet, "/1.0/storage-pools/"+escape(name), nil, &pool)
	return pool, err
}

// CreatePool makes a storage pool.
func (c *Client) CreatePool(ctx context.Context, pool Pool) error {
	return c.call(ctx, http.MethodPost, "/1.0/storage-pools", pool, nil)
}

// DeletePool removes a storage pool that nothing uses.
func (c *Client) DeletePool(ctx context.Context, name string) error {
	return c.call(ctx, http.MethodDelete, "/1.0/storage-pools/"+escape(name), nil, nil)
}

// PoolSpace is how full a storage pool is, in bytes.
type PoolSpace struct {
	Used  int64 `json:"used"`
	Total int64 `json:"total"`
}

// PoolSpace asks how full a storage pool is.
func (c *Client) PoolSpace(ctx context.Context, name string) (PoolSpace, error) {
	var resources struct {
		Space PoolSpace `json:"space"`
	}
	err := c.call(ctx, http.MethodGet, "/1.0/storage-pools/"+escape(name)+"/resources", nil, &resources)
	return resources.Space, err
}

// Network gets a network.
func (c *Client) Network(ctx context.Context, name string) (Network, error) {
	var network Network
	err := c.call(ctx, http.MethodGet, "/1.0/networks/"+escape(name), nil, &network)
	return network, err
}

// CreateNetwork makes a network.
func (c *Client) CreateNetwork(ctx context.Context, network Network) error {
	return c.call(ctx, http.MethodPost, "/1.0/networks", network, nil)
}

// DeleteNetwork removes a network that nothing uses.
func (c *Client) DeleteNetwork(ctx context.Context, name string) error {
	return c.call(ctx, http.MethodDelete, "/1.0/networks/"+escape(name), nil, nil)
}

// Lease is an address that a network has given to somebody.
type Lease struct {
	Address string `json:"address"`
}

// Leases lists the addresses of a network that are in use.
func (c *Client) Leases(ctx context.Context, network string) ([]Lease, error) {
	var leases []Lease
	err := c.call(ctx, http.MethodGet, "/1.0/networks/"+escape(network)+"/leases", nil, &leases)
	return leases, err
}
