package config_test

import (
	"os"
	"strings"
	"testing"

	"github.com/dictumal/dictumal/internal/config"
)

// What the reference documents say of variables, row by row.

func TestSeedsVariables(t *testing.T) {
	const token = "DIGITALOCEAN_API_TOKEN=dop_v1_x"
	latest := func(c config.Config) any { return c.DigitalOcean.UseLatestUbuntu }
	gateway := func(c config.Config) any { return string(c.GatewayHost) }
	for _, row := range []struct {
		name    string
		environ []string
		of      func(config.Config) any
		want    any
	}{
		{"DIGITALOCEAN_API_TOKEN: authenticates", []string{token}, func(c config.Config) any { return c.DigitalOcean.Token }, "dop_v1_x"},
		{"DIGITALOCEAN_API_TOKEN: without it nothing is deployed there", nil, func(c config.Config) any { return c.Provider }, "incus"},
		{
			"DIGITALOCEAN_IMAGE_SLUG: explicit image override",
			[]string{token, "DIGITALOCEAN_IMAGE_SLUG=debian-13-x64"},
			func(c config.Config) any { return c.DigitalOcean.ImageSlug }, "debian-13-x64",
		},
		{"DIGITALOCEAN_USE_LATEST_UBUNTU_IMAGE: not set", []string{token}, latest, false},
		{"DIGITALOCEAN_USE_LATEST_UBUNTU_IMAGE: truthy as 1", []string{token, "DIGITALOCEAN_USE_LATEST_UBUNTU_IMAGE=1"}, latest, true},
		{"DIGITALOCEAN_USE_LATEST_UBUNTU_IMAGE: truthy as true", []string{token, "DIGITALOCEAN_USE_LATEST_UBUNTU_IMAGE=TRUE"}, latest, true},
		{"DIGITALOCEAN_USE_LATEST_UBUNTU_IMAGE: truthy as yes", []string{token, "DIGITALOCEAN_USE_LATEST_UBUNTU_IMAGE=yes"}, latest, true},
		{"DIGITALOCEAN_USE_LATEST_UBUNTU_IMAGE: truthy as on", []string{token, "DIGITALOCEAN_USE_LATEST_UBUNTU_IMAGE=on"}, latest, true},
		{"DIGITALOCEAN_USE_LATEST_UBUNTU_IMAGE: not truthy", []string{token, "DIGITALOCEAN_USE_LATEST_UBUNTU_IMAGE=0"}, latest, false},
		{
			"DIGITALOCEAN_SSH_KEYS: comma-separated ids and fingerprints",
			[]string{token, "DIGITALOCEAN_SSH_KEYS=512189,3b:16:e4:bf:8b:00:8b:b8:59:8c:a9:d3:f0:19:fa:45"},
			func(c config.Config) any { return strings.Join(c.DigitalOcean.SSHKeys, " and ") },
			"512189 and 3b:16:e4:bf:8b:00:8b:b8:59:8c:a9:d3:f0:19:fa:45",
		},
		{"NEXT_PUBLIC_STREAM_GATEWAY_HOST: host of launches", []string{"NEXT_PUBLIC_STREAM_GATEWAY_HOST=stream.example.org"}, gateway, "stream.example.org"},
		{"NEXT_PUBLIC_STREAM_GATEWAY_HOST: by its other name", []string{"STREAM_GATEWAY_HOST=stream.example.org"}, gateway, "stream.example.org"},
		{"NEXT_PUBLIC_STREAM_GATEWAY_HOST: the reference's own default is not built in", nil, gateway, ""},
		{"NEXT_PUBLIC_STREAM_GATEWAY_HOST: blank", []string{"NEXT_PUBLIC_STREAM_GATEWAY_HOST="}, gateway, ""},
		{"AUTH_URL: of the current host", []string{"AUTH_URL=http://localhost:3000"}, func(c config.Config) any { return c.URL.String() }, "http://localhost:3000"},
		{"NEXTAUTH_URL: the same", []string{"NEXTAUTH_URL=http://localhost:3000"}, func(c config.Config) any { return c.URL.String() }, "http://localhost:3000"},
		{
			"AUTH_SECRET: key material",
			[]string{"AUTH_SECRET=" + strings.Repeat("s", 32)},
			func(c config.Config) any { return string(c.AuthSecret) }, strings.Repeat("s", 32),
		},
		{
			"NEXTAUTH_SECRET: the same",
			[]string{"NEXTAUTH_SECRET=" + strings.Repeat("s", 32)},
			func(c config.Config) any { return string(c.AuthSecret) }, strings.Repeat("s", 32),
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			c, err := config.Load(row.environ, "")
			if err != nil {
				t.Fatal(err)
			}
			if got := row.of(c); got != row.want {
				t.Errorf("%v, want %v", got, row.want)
			}
		})
	}
}

func TestSeedsGoogleCredentialsSignPeopleIn(t *testing.T) {
	c, err := config.Load([]string{
		"AUTH_GOOGLE_ID=x.apps.googleusercontent.com", "AUTH_GOOGLE_SECRET=y", "NEXTAUTH_URL=http://localhost:3000", "DICTUMAL_ALLOW=example.org",
	}, "")
	if err != nil {
		t.Fatal(err)
	}
	if got := c.IdentityProviders; len(got) != 1 || got[0].Name != "google" || got[0].ID != "x.apps.googleusercontent.com" || got[0].Secret != "y" {
		t.Errorf("identity providers are %+v", got)
	}
}

func TestEveryVariableStandsInTheREADME(t *testing.T) {
	page, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(nil, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, setting := range c.Describe() {
		if !strings.Contains(string(page), "`"+setting.Name+"`") {
			t.Errorf("the README does not name %s", setting.Name)
		}
	}
}
