package control

import (
	"context"
	"net"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/machine"
	"github.com/dictumal/dictumal/internal/store"
)

// View is an opened door to a desktop.
type View struct {
	Deployment dictumal.Deployment
	Target     machine.Target
	// Rights are what its viewer may do: the constitution's, or less by a grant.
	Rights dictumal.StreamPolicy
	// Grant is by which the viewer looks; zero: the desktop is their own.
	Grant dictumal.Grant
	// Holds tells whether that grant is good still; nil where there is none.
	Holds func(ctx context.Context) bool
}

// Launch returns where to send the browser to see the desktop; target "ip" asks
// for the machine's own address. Every launch is noted in the deployment's story.
func (c *Control) Launch(ctx context.Context, p dictumal.Principal, id, target string) (location string, err error) {
	location, story, err := c.lead(ctx, p, id, target)
	if err != nil {
		c.tell(ctx, p, "deployment.launch", id, err)
		return "", err
	}
	// One transaction holds the story and the audit log; each of its own would wait for the other's.
	noted := make(chan error, 1)
	go func() { noted <- wrap("note the launch", c.Store.Note(ctx, id, story)) }()
	c.tell(ctx, p, "deployment.launch", id, nil)
	if err := <-noted; err != nil {
		c.tell(ctx, p, "deployment.launch", id, err)
		return "", err
	}
	return location, nil
}

// Open checks the principal's right to a desktop once more and returns the way to it.
func (c *Control) Open(ctx context.Context, p dictumal.Principal, id string) (view View, err error) {
	defer func() { c.tell(ctx, p, "deployment.open", id, err) }()
	row, by, err := c.row(ctx, p, toOpen, id)
	if err != nil {
		return View{}, err
	}
	if !row.Launchable() {
		return View{}, dictumal.ErrNotReady
	}
	view = View{Deployment: row.Deployment, Rights: by.rights(row.Policy.Stream), Grant: by.grant}
	if view.Grant.ID != "" {
		view.Holds = func(ctx context.Context) bool { return c.holds(ctx, by.grant) }
	}
	view.Target, err = c.target(row)
	return view, err
}

// Desktop returns the deployment whose desktop somebody wants to look at, and the
// sentence with which it was ended; empty where it was not.
func (c *Control) Desktop(ctx context.Context, p dictumal.Principal, id string) (d dictumal.Deployment, why string, err error) {
	d, by, err := c.see(ctx, p, toOpen, id)
	if err != nil {
		return dictumal.Deployment{}, "", err
	}
	d = by.shown(d)
	switch {
	case d.Status != dictumal.Destroying && d.Status != dictumal.Destroyed:
		return d, "", nil
	case by.guest(): // by whom, or by which clause, is for its owner
		return d, "This desktop was ended.", nil
	}
	entries, err := c.Store.Timeline(ctx, id)
	for _, entry := range entries {
		if entry.Kind == dictumal.EventStatus && entry.Status == dictumal.Destroying {
			return d, entry.Text, nil
		}
	}
	return d, "", wrap("read timeline", err)
}

// Private

// lead is where a launch leads to, and what the deployment's story says of it.
func (c *Control) lead(ctx context.Context, p dictumal.Principal, id, target string) (location, story string, err error) {
	row, by, err := reach(ctx, c, p, toOpen, id, c.Store.Launch, func(r store.Row) string { return r.Owner })
	switch {
	case err != nil:
		return "", "", err
	case !row.Launchable():
		return "", "", dictumal.ErrNotReady
	}
	row.Policy.Stream = by.rights(row.Policy.Stream)
	if row.Stream == dictumal.Guacamole {
		return c.launchGuacamole(ctx, p, row, target)
	}
	return c.launchNative(ctx, p, row, target)
}

// launchNative needs no more than the page for a principal with a session; one
// with a token gets a one-time code in the fragment, which no server's log ever sees.
func (c *Control) launchNative(ctx context.Context, p dictumal.Principal, row store.Row, target string) (location, story string, err error) {
	if _, err := c.target(row); err != nil {
		return "", "", err
	}
	if target == targetIP {
		return "", "", dictumal.NewError(dictumal.CodeConflict, "This desktop has no address of its own to open: "+
			"its stream is native and goes through this server. Launch it without target=ip.")
	}
	location = "/desktop/" + row.ID
	if p.Session == "" {
		code, err := c.Codes.LaunchCode(ctx, p, row.ID)
		if err != nil {
			return "", "", wrap("make launch code", err)
		}
		location += "#code=" + code
	}
	return location, "Launched by " + who(p) + ".", nil
}

// target is how the machine of a deployment is reached. Its key is there and can be
// opened, or there are no credentials: with another AUTH_SECRET there are none.
func (c *Control) target(row store.Row) (machine.Target, error) {
	if row.ClientKey == "" || row.HostPublic == "" || row.IP == "" {
		return machine.Target{}, dictumal.ErrCredentials
	}
	key, err := c.Sealer.Open(row.ClientKey, row.ClientKeyContext())
	if err != nil {
		return machine.Target{}, dictumal.ErrCredentials.Wrap(err)
	}
	return machine.Target{
		Deployment: row.ID, Address: net.JoinHostPort(row.IP, "22"), ClientKey: key, HostKey: row.HostPublic,
	}, nil
}
