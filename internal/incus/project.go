package incus

import (
	"context"
	"maps"
	"net/http"
)

// Project is a room of its own for instances, images and profiles.
type Project struct {
	Name   string            `json:"name"`
	Config map[string]string `json:"config"`
}

// Profile is what instances have in common.
type Profile struct {
	Name    string            `json:"name"`
	Config  map[string]string `json:"config"`
	Devices map[string]Device `json:"devices"`
}

// Projects lists all projects.
func (c *Client) Projects(ctx context.Context) ([]Project, error) {
	var projects []Project
	err := c.call(ctx, http.MethodGet, "/1.0/projects?recursion=1", nil, &projects)
	return projects, err
}

// GetProject gets a project.
func (c *Client) GetProject(ctx context.Context, name string) (Project, error) {
	var project Project
	err := c.call(ctx, http.MethodGet, "/1.0/projects/"+escape(name), nil, &project)
	return project, err
}

// CreateProject makes a project.
func (c *Client) CreateProject(ctx context.Context, project Project) error {
	return c.call(ctx, http.MethodPost, "/1.0/projects", project, nil)
}

// PutProject makes a project's configuration exactly this.
func (c *Client) PutProject(ctx context.Context, project Project) error {
	return c.call(ctx, http.MethodPut, "/1.0/projects/"+escape(project.Name), project, nil)
}

// DeleteProject removes a project that nothing is in.
func (c *Client) DeleteProject(ctx context.Context, name string) error {
	return c.call(ctx, http.MethodDelete, "/1.0/projects/"+escape(name), nil, nil)
}

// Profile gets a profile of the client's project.
func (c *Client) Profile(ctx context.Context, name string) (Profile, error) {
	var profile Profile
	err := c.call(ctx, http.MethodGet, "/1.0/profiles/"+escape(name), nil, &profile)
	return profile, err
}

// PutProfile makes a profile, or makes the present one like this. One that is
// like this already is left alone: a change goes to every machine that uses it.
func (c *Client) PutProfile(ctx context.Context, profile Profile) error {
	present, err := c.Profile(ctx, profile.Name)
	switch {
	case NotFound(err):
		return c.call(ctx, http.MethodPost, "/1.0/profiles", profile, nil)
	case err != nil:
		return err
	case maps.Equal(present.Config, profile.Config) && maps.EqualFunc(present.Devices, profile.Devices, maps.Equal[Device, Device]):
		return nil
	}
	return c.call(ctx, http.MethodPut, "/1.0/profiles/"+escape(profile.Name), profile, nil)
}

// DeleteProfile removes a profile that no instance uses.
func (c *Client) DeleteProfile(ctx context.Context, name string) error {
	return c.call(ctx, http.MethodDelete, "/1.0/profiles/"+escape(name), nil, nil)
}
