//go:build !crash

package digitalocean

import "time"

const (
	// orderTime is how long DigitalOcean may take to answer an order.
	orderTime = 5 * time.Second
	// maxBurst and maxSpent are how many calls may be sent in a minute and in an hour.
	maxBurst = 240
	maxSpent = 4000
)
