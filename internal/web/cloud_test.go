package web

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/dictumal/dictumal"
)

// The fixtures of a cloud: as many sizes as one has, in most regions.

func cloudCatalog() dictumal.Catalog {
	c := dictumal.Catalog{DefaultRegion: "nyc3", DefaultSize: "s-1vcpu-2gb", Regions: []dictumal.Region{
		{Slug: "nyc1", Name: "New York 1"},
		{Slug: "nyc3", Name: "New York 3"},
		{Slug: "ams3", Name: "Amsterdam 3"},
		{Slug: "sfo2", Name: "San Francisco 2"},
		{Slug: "sfo3", Name: "San Francisco 3"},
		{Slug: "sgp1", Name: "Singapore 1"},
		{Slug: "lon1", Name: "London 1"},
		{Slug: "fra1", Name: "Frankfurt 1"},
		{Slug: "tor1", Name: "Toronto 1"},
		{Slug: "blr1", Name: "Bangalore 1"},
		{Slug: "syd1", Name: "Sydney 1"},
		{Slug: "atl1", Name: "Atlanta 1"},
	}}
	var all []string
	for _, r := range c.Regions {
		all = append(all, r.Slug)
	}
	add := func(slug string, cpus, memory, disk int, month float64, regions []string) {
		c.Sizes = append(c.Sizes, dictumal.Size{
			Slug: slug, VCPUs: cpus, MemoryMB: memory, DiskGB: disk, Regions: regions,
			PricePerMonth: month, PricePerHour: math.Round(month/672*1e5) / 1e5,
		})
	}
	add("s-1vcpu-512mb-10gb", 1, 512, 10, 4, all)
	add("s-1vcpu-1gb", 1, 1024, 25, 6, all)
	for _, s := range []struct {
		cpus, gb, disk int
		month          float64
	}{{1, 2, 50, 12}, {2, 2, 60, 18}, {2, 4, 80, 24}, {4, 8, 160, 48}, {8, 16, 320, 96}} {
		slug := fmt.Sprintf("s-%dvcpu-%dgb", s.cpus, s.gb)
		add(slug, s.cpus, s.gb*1024, s.disk, s.month, all)
		add(slug+"-amd", s.cpus, s.gb*1024, s.disk, s.month*7/6, all)
		add(slug+"-intel", s.cpus, s.gb*1024, s.disk, s.month*7/6, all[:9])
		add(fmt.Sprintf("%s-%dgb-intel", slug, s.disk*3/2), s.cpus, s.gb*1024, s.disk*3/2, s.month*4/3, all[:9])
	}
	for _, family := range []struct {
		name  string
		gb    int // for each CPU
		month float64
	}{{"c", 2, 21}, {"c2", 2, 23.5}, {"g", 4, 31.5}, {"gd", 4, 34}, {"m", 8, 42}, {"m3", 8, 52}, {"so", 8, 65.5}, {"m6", 8, 65.5}} {
		for _, cpus := range []int{2, 4, 8, 16, 32} {
			for _, kind := range []string{"", "-intel"} {
				add(fmt.Sprintf("%s-%dvcpu-%dgb%s", family.name, cpus, cpus*family.gb, kind), cpus, cpus*family.gb*1024,
					cpus*25, family.month*float64(cpus), all[len(kind)/2:])
			}
		}
	}
	slices.SortStableFunc(c.Sizes, func(a, b dictumal.Size) int { return cmp.Compare(a.PricePerHour, b.PricePerHour) })
	return c
}

// droplet is a deployment in the cloud, which takes minutes and costs money.
func droplet(n int, title string, status dictumal.Status, stage dictumal.Stage) dictumal.Deployment {
	d := deployment(n, title, status, stage)
	d.Provider, d.Stream, d.Region, d.Size, d.PricePerHour = "digitalocean", dictumal.Guacamole, "nyc3", "s-1vcpu-2gb", 0.01786
	d.CreatedAt = noon.Add(-time.Duration(stage.Percent()) * 4 * time.Second)
	if status == dictumal.Active || status == dictumal.Destroying {
		d.CreatedAt = noon.Add(-95 * time.Minute)
		d.ActiveAt = d.CreatedAt.Add(5*time.Minute + 40*time.Second)
	}
	d.ExpiresAt, d.IP = d.CreatedAt.Add(4*time.Hour), ""
	if stage.Percent() > dictumal.WaitingForIP.Percent() {
		d.IP = fmt.Sprintf("203.0.113.%d", 20+n)
	}
	if stage != dictumal.ProvisioningDroplet {
		d.MachineID = fmt.Sprint(412_000_000 + n)
	}
	d.Progress.Checks = checksAt(stage)
	return d
}

// checksAt is what answers when a stage is reached.
func checksAt(stage dictumal.Stage) map[dictumal.Check]bool {
	p := stage.Percent()
	return map[dictumal.Check]bool{
		dictumal.CheckVNC5901:   p >= dictumal.StartingGuacamole.Percent(),
		dictumal.CheckHTTP80:    p >= dictumal.ConfiguringHTTPS.Percent(),
		dictumal.CheckGuacHTTP:  p >= dictumal.ConfiguringHTTPS.Percent(),
		dictumal.CheckGuacHTTPS: p >= dictumal.FinalHealthCheck.Percent(),
	}
}

func dropletFailed(n int, title string, failure dictumal.Failure) dictumal.Deployment {
	d := droplet(n, title, dictumal.Errored, dictumal.ProvisioningDroplet)
	d.CreatedAt, d.ErrorAt, d.Failure = noon.Add(-11*time.Minute), noon.Add(-9*time.Minute), &failure
	d.MachineID, d.MachineName = "", ""
	return d
}

func warned(d dictumal.Deployment, warning dictumal.Failure) dictumal.Deployment {
	d.Warning = &warning
	return d
}

// timedOut is what a desktop that did not get ready in time leaves behind.
func timedOut() dictumal.Deployment {
	d := droplet(13, "Statistics of the harbour", dictumal.Errored, dictumal.StartingGuacamole)
	d.CreatedAt, d.ErrorAt = noon.Add(-31*time.Minute), noon.Add(-9*time.Minute)
	d.Failure = &dictumal.Failure{
		Reason: dictumal.ReasonConfiguringTimeout,
		Cause: "The desktop was not ready within 20 minutes; the machine's " + dictumal.LogPath + " says why. Its last lines:\n" + strings.Join([]string{
			"Setting up docker.io (28.2.2-0ubuntu1~24.04.1) ...", "starting guacd ...",
			"Unable to find image 'guacamole/guacd@sha256:7a5b1c3f' locally",
			"docker: Error response from daemon: toomanyrequests: You have reached your unauthenticated pull rate limit.",
			"dictumal-guacd.service: Main process exited, code=exited, status=125/n/a", "waiting for http://127.0.0.1:8080/guacamole/ ...",
		}, "\n"),
		NextStep: "Read the boot log for what took so long, then destroy this deployment and deploy again.",
	}
	return d
}

func rateLimited() dictumal.Deployment {
	return warned(droplet(10, "Review bench", dictumal.Provisioning, dictumal.ProvisioningDroplet), dictumal.Failure{
		Reason:   dictumal.ReasonRateLimited,
		Cause:    "DigitalOcean takes no more requests for 4 minutes: the token has used up its share of this hour.",
		NextStep: "Nothing needs to be done; it goes on by itself.",
	})
}

// revoked is a machine that cannot be removed, and goes on costing money.
func revoked() dictumal.Deployment {
	return warned(droplet(14, "Agent workbench", dictumal.Destroying, dictumal.StageActive), dictumal.Failure{
		Reason:   dictumal.ReasonCredentials,
		Cause:    "DigitalOcean refuses the token, so the machine could not be removed; it still runs and is billed.",
		NextStep: "Make a new token, put it into DIGITALOCEAN_API_TOKEN and start the server again, or remove the droplet by hand.",
	})
}

func refusals() map[string]dictumal.Deployment {
	return map[string]dictumal.Deployment{
		"scope": dropletFailed(15, "Agent workbench", dictumal.Failure{
			Reason:   dictumal.ReasonScope,
			Cause:    "DigitalOcean refuses the order: the token lacks the scope droplet:create.",
			NextStep: "Make a token with that scope, put it into DIGITALOCEAN_API_TOKEN and start the server again.",
		}),
		"quota": dropletFailed(16, "Minimal", dictumal.Failure{
			Reason:   dictumal.ReasonQuota,
			Cause:    "The account at DigitalOcean may have no more droplets: its limit of 10 is reached.",
			NextStep: "Destroy a droplet that is not needed, or ask DigitalOcean for a higher limit, then deploy again.",
		}),
		"image": dropletFailed(17, "Welcome", dictumal.Failure{
			Reason:   dictumal.ReasonImageMissing,
			Cause:    "The image ubuntu-24-04-x64 is not to be had in Atlanta 1.",
			NextStep: "Choose another region, or another image in DIGITALOCEAN_IMAGE_SLUG.",
		}),
	}
}

func cloud() []dictumal.Deployment {
	all := []dictumal.Deployment{
		rateLimited(),
		droplet(11, "Review bench", dictumal.Configuring, dictumal.ConfiguringHTTPS),
		droplet(12, "Welcome", dictumal.Active, dictumal.StageActive),
		timedOut(), revoked(),
	}
	return append(all, refusals()["scope"])
}
