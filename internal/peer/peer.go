// Package peer says where a request came from. The server finds it out once, since
// it alone knows which proxies may speak for others.
package peer

import "context"

// With notes the address that a request came from.
func With(ctx context.Context, address string) context.Context {
	return context.WithValue(ctx, key{}, address)
}

// From is the address that a request came from; empty where nobody has noted it.
func From(ctx context.Context) string {
	address, _ := ctx.Value(key{}).(string)
	return address
}

// Private

type key struct{}
