package oceantest

import (
	"fmt"
	"time"
)

// dropletView is a droplet as the API shows it.
type dropletView struct {
	ID               int          `json:"id"`
	Name             string       `json:"name"`
	Memory           int          `json:"memory"`
	VCPUs            int          `json:"vcpus"`
	Disk             int          `json:"disk"`
	Locked           bool         `json:"locked"`
	Status           string       `json:"status"`
	CreatedAt        string       `json:"created_at"`
	Features         []string     `json:"features"`
	BackupIDs        []int        `json:"backup_ids"`
	NextBackupWindow *struct{}    `json:"next_backup_window"`
	SnapshotIDs      []int        `json:"snapshot_ids"`
	Image            Image        `json:"image"`
	VolumeIDs        []string     `json:"volume_ids"`
	Size             Size         `json:"size"`
	SizeSlug         string       `json:"size_slug"`
	Networks         networksView `json:"networks"`
	Region           Region       `json:"region"`
	Tags             []string     `json:"tags"`
	VPC              string       `json:"vpc_uuid"`
}

type networksView struct {
	V4 []networkView `json:"v4"`
	V6 []networkView `json:"v6"`
}

type networkView struct {
	Address string `json:"ip_address"`
	Netmask string `json:"netmask"`
	Gateway string `json:"gateway,omitempty"`
	Type    string `json:"type"`
}

func (c *call) view(d *droplet) dropletView {
	size, _ := c.catalog.Size(d.Size)
	region, _ := c.catalog.Region(d.Region)
	image, _ := c.catalog.image(d.Image)
	return dropletView{
		ID: d.ID, Name: d.Name, Memory: size.Memory, VCPUs: size.VCPUs, Disk: size.Disk,
		Locked: c.busy(d), Status: d.status(c.now), CreatedAt: stamp(d.CreatedAt),
		Features: []string{}, BackupIDs: []int{}, SnapshotIDs: []int{}, VolumeIDs: []string{},
		Image: image, Size: size, SizeSlug: size.Slug, Region: region, Tags: d.tags(c.now),
		Networks: networks(d, c.now), VPC: "0d3db13e-a604-4944-9827-7ec2642d32ac",
	}
}

// networks shows the private address before the public one, as the real API may.
func networks(d *droplet, now time.Time) networksView {
	shown := networksView{V4: []networkView{}, V6: []networkView{}}
	ip := d.ip(now)
	if ip == "" {
		return shown
	}
	private := fmt.Sprintf("10.132.%d.%d", d.ID>>8&0xff, d.ID&0xff)
	shown.V4 = append(shown.V4,
		networkView{Address: private, Netmask: "255.255.0.0", Type: "private"},
		networkView{Address: ip, Netmask: "255.254.0.0", Gateway: "198.18.0.1", Type: "public"})
	return shown
}

// stamp writes a moment as the API does, in whole seconds.
func stamp(moment time.Time) string { return moment.UTC().Format(time.RFC3339) }
