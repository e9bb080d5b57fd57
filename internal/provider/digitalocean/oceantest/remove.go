package oceantest

import (
	"net/http"
	"time"
)

// deleteDroplet answers at once; the droplet goes when its time has come or its
// machine is gone.
func (c *call) deleteDroplet() *answer {
	d := c.find(c.id(), c.now)
	if d == nil {
		return refuse(http.StatusNotFound, "")
	}
	if d.deletedAt.IsZero() {
		d.deletedAt = c.now
		if d.machine == nil {
			d.goneAt = c.now.Add(c.options.Linger)
		}
	}
	d.machine.destroy(c.Ocean, func() { d.goneAt = time.Now() })
	return reply(http.StatusNoContent, nil)
}
