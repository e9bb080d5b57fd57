package digitalocean

import (
	"net/http"
	"sync"
	"time"
)

// credentials is whether DigitalOcean takes the token.
type credentials struct {
	mu      sync.Mutex
	refused bool
	since   time.Time
}

// note learns from an answer's status. One that is busy or broken says nothing.
func (c *credentials) note(status int) {
	if status == http.StatusTooManyRequests || status >= http.StatusInternalServerError {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if refused := status == http.StatusUnauthorized; refused != c.refused {
		c.refused, c.since = refused, time.Now()
	}
}
