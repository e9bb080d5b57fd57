package crash_test

import (
	"context"
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dictumal/dictumal/internal/client"
	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

// lease is how long a replica holds what it works on here. Twice of it is longer than
// those who look at something are patient with a server that says nothing.
const lease = 4 * time.Second

// cluster is three replicas behind a balancer, with one database and one account.
type cluster struct {
	*testing.T
	annals
	path     string // of the program
	ocean    *oceantest.Ocean
	machines *recorded
	pair     *pair
	front    *balancer
	replicas []*member
	struck   strikes
	repeated atomic.Int64
	gaps     gaps
}

// member is one of the replicas, which ends and is started again.
type member struct {
	*program
	name, address, data string
	environ             []string
	before              []*program
}

func newCluster(t *testing.T, path string) *cluster {
	t.Helper()
	c := &cluster{T: t, path: path, machines: &recorded{keys: map[int]string{}}, pair: newPair(t), front: newBalancer(t)}
	c.ocean = oceantest.New(oceantest.Options{Token: token, Machines: c.machines, Limit: 1_000_000, Rate: oceantest.Rate{Hour: -1, Minute: -1, Keys: -1}})
	account := httptest.NewServer(c.ocean)
	t.Cleanup(func() { c.close(account) })
	secret := rand.Text() + rand.Text()
	for n := range 3 {
		r := &member{
			name: fmt.Sprintf("replica %d", n+1), address: address() + ":8080", data: filepath.Join(filepath.Dir(path), rand.Text()[:8]),
		}
		r.environ = []string{
			"DICTUMAL_LISTEN=" + r.address, "DICTUMAL_DATA_DIR=" + r.data, "DATABASE_URL=" + c.pair.url(),
			"AUTH_URL=http://" + c.front.address, "AUTH_SECRET=" + secret,
			"DIGITALOCEAN_API_TOKEN=" + token, "DIGITALOCEAN_API_URL=" + account.URL,
			"DICTUMAL_MAX_MACHINES=100000", "DICTUMAL_MAX_MACHINES_PER_USER=100000", "DICTUMAL_CRASH_LEASE=" + lease.String(),
		}
		c.replicas = append(c.replicas, r)
	}
	for _, r := range c.replicas {
		c.start(r)
		c.front.serve(t.Context(), r.address)
	}
	c.whole()
	return c
}

// start runs a replica until it serves.
func (c *cluster) start(r *member) {
	c.Helper()
	if r.program != nil {
		r.before = append(r.before, r.program)
	}
	r.program = run(c.T, c.path, r.environ)
	c.note("", "%s serves", r.name)
}

// whole waits until all replicas are in.
func (c *cluster) whole() {
	c.Helper()
	for deadline := time.Now().Add(patience); c.front.count() < len(c.replicas); time.Sleep(100 * time.Millisecond) {
		for _, r := range c.replicas {
			if r.dead(0) {
				c.Fatalf("%s has ended by itself: %s", r.name, r.command.ProcessState)
			}
		}
		if time.Now().After(deadline) {
			c.Fatalf("waited %s in vain for all replicas to be ready", patience)
		}
	}
}

// caller is a new user's, who comes through the balancer.
func (c *cluster) caller(ctx context.Context, name string) caller {
	c.Helper()
	secret, err := client.Local(filepath.Join(c.replicas[0].data, "control.sock"), "").
		CreateToken(ctx, client.TokenOrder{User: name + "@example.org"})
	if err != nil {
		c.Fatal(err)
	}
	return caller{"http://" + c.front.address, secret, &c.repeated}
}

// server is who answers on a connection through the balancer, a moment after it was made.
func (c *cluster) server(conn net.Conn) (to string) {
	for deadline := time.Now().Add(time.Second); to == "" && time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		to = c.front.where(conn.LocalAddr())
	}
	return to
}

// Private

// close ends everything, and shows what the replicas have said where something was wrong.
func (c *cluster) close(account *httptest.Server) {
	for _, r := range c.replicas {
		if r.program != nil {
			r.kill()
		}
	}
	account.Close()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Context()), patience)
	defer cancel()
	if err := c.ocean.Close(ctx); err != nil {
		c.Error(err)
	}
	for _, r := range c.replicas {
		if c.Failed() && r.program != nil {
			c.Logf("%s said at last:\n%s", r.name, lastLines(r.said.String(), 40))
		}
		if err := os.RemoveAll(r.data); err != nil {
			c.Error(err)
		}
	}
}

// address is one of loopback that most likely nobody has.
func address() string {
	return fmt.Sprintf("127.%d.%d.%d", 1+mathrand.IntN(254), mathrand.IntN(256), 1+mathrand.IntN(254))
}

func lastLines(text string, most int) string {
	lines := strings.Split(text, "\n")
	return strings.Join(lines[max(0, len(lines)-most):], "\n")
}
