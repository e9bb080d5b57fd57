package web

import (
	"fmt"
	"strings"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/constitution"
)

// The fixtures: one of everything that a page can show, at a fixed time.

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

const reviewDocument = `---
title: Review bench
machine:
  size: s-2vcpu-4gb
software:
  packages: [git, ripgrep, firefox]
  autostart:
    - firefox https://example.org
lifetime:
  ttl: 8h
privileges:
  sudo: true
---

# Review bench

A desktop for reading other people's changes before they take force.

## Purpose

The machine exists to *read*, build and try one change at a time. Whoever opens it
finds a terminal, an editor and a browser, and nothing that was left from the last one.

## What may be done

- Fetch the change and its dependencies from the public internet.
- Build and run it with the rights of the desktop's user; ` + "`sudo`" + ` is granted for packages.
- Take notes in ` + "`~/notes`" + `. They are lost with the machine; send them where they belong.

## What may not be done

1. No secret of the project is brought to this machine.
2. Nothing is published from here.

> A review that cannot be repeated is an opinion.

## End

The machine is destroyed after eight hours, or earlier by whoever is done.
`

func review(version int) dictumal.Constitution {
	document := reviewDocument
	if version > 1 {
		document = strings.NewReplacer("[git, ripgrep, firefox]", "[git, ripgrep, firefox, build-essential]",
			"after eight hours", "after four hours", "ttl: 8h", "ttl: 4h",
			"2. Nothing is published from here.", "2. Nothing is published from here.\n3. Reviews end with a note, however short.").Replace(document)
	}
	c, err := constitution.Parse(document)
	if err != nil {
		panic(err)
	}
	c.ID, c.Owner, c.Version = "01KAH3C0N5T1TUT10N00000001", "u1", version
	c.CreatedAt = noon.Add(-time.Duration(72/version) * time.Hour)
	return c
}

func catalog(priced bool) dictumal.Catalog {
	if priced {
		return cloudCatalog()
	}
	c := dictumal.Catalog{DefaultRegion: "local", DefaultSize: "s-2vcpu-4gb", Regions: []dictumal.Region{{Slug: "local", Name: "This host"}}}
	for _, s := range []dictumal.Size{{VCPUs: 1, MemoryMB: 1024}, {VCPUs: 1, MemoryMB: 2048}, {VCPUs: 2, MemoryMB: 2048}, {VCPUs: 2, MemoryMB: 4096}, {VCPUs: 4, MemoryMB: 8192}} {
		s.Slug = fmt.Sprintf("s-%dvcpu-%dgb", s.VCPUs, s.MemoryMB/1024)
		c.Sizes = append(c.Sizes, s)
	}
	return c
}

// offering is what the deploy form of either provider chooses from.
func offering(priced bool) offer {
	return offer{Catalog: catalog(priced), Traits: traits(priced), Stream: traits(priced).DefaultStream}
}

func traits(priced bool) dictumal.Traits {
	if priced {
		return dictumal.Traits{Name: "digitalocean", DefaultStream: dictumal.Guacamole}
	}
	return dictumal.Traits{Name: "incus", DefaultStream: dictumal.Native, SharedKernel: true}
}

const longTitle = "A desktop for the long and patient reading of minutes, ledgers and registers kept by the harbour office of Trieste, 1880"

func deployment(n int, title string, status dictumal.Status, stage dictumal.Stage) dictumal.Deployment {
	c := review(2)
	age := time.Duration(n*n) * 47 * time.Second
	d := dictumal.Deployment{
		ID: fmt.Sprintf("01KAH3DEPL0YMENT%010d", 9999-n), Owner: "u1", Policy: c.Policy,
		Constitution: dictumal.ConstitutionRef{ID: c.ID, Title: title, Version: 1 + n%3, Hash: constitution.Hash(title)},
		Provider:     "incus", Stream: dictumal.Native, Region: "local", Size: "s-2vcpu-4gb",
		Status: status, Progress: dictumal.Progress{Stage: stage},
		CreatedAt: noon.Add(-age - 40*time.Second), ExpiresAt: noon.Add(4*time.Hour - age),
		MachineName: dictumal.MachineName("k3xq", fmt.Sprintf("01KAH3MACHNE%014d", n)),
	}
	if status != dictumal.Provisioning {
		d.IP, d.MachineID, d.ConfiguringAt = fmt.Sprintf("10.203.7.%d", 20+n), d.MachineName, d.CreatedAt.Add(4*time.Second)
	}
	if status == dictumal.Active || status == dictumal.Destroying {
		d.ActiveAt = d.CreatedAt.Add(time.Duration(19+n) * time.Second)
	}
	return d
}

func failed(n int, title string, failure dictumal.Failure) dictumal.Deployment {
	d := deployment(n, title, dictumal.Errored, dictumal.InstallingPackages)
	d.Failure, d.ErrorAt = &failure, noon.Add(-9*time.Minute)
	return d
}

func several() []dictumal.Deployment {
	return []dictumal.Deployment{
		deployment(1, "Review bench", dictumal.Configuring, dictumal.InstallingPackages),
		deployment(2, "Welcome", dictumal.Active, dictumal.StageActive),
		failed(3, "Statistics of the harbour", dictumal.Failure{
			Reason:   dictumal.ReasonPackageUnknown,
			Cause:    "The package rstudoi is not known to the distribution.",
			NextStep: "Correct its name in software.packages, then deploy again.",
		}),
		droplet(4, "Agent workbench", dictumal.Active, dictumal.StageActive),
		deployment(5, longTitle, dictumal.Destroying, dictumal.StageActive),
		deployment(6, "Minimal", dictumal.Provisioning, dictumal.ProvisioningDroplet),
	}
}

func many(n int) []dictumal.Deployment {
	titles := []string{"Welcome", "Agent workbench", "Review bench", longTitle, "Minimal"}
	statuses := []dictumal.Status{dictumal.Active, dictumal.Active, dictumal.Configuring, dictumal.Active, dictumal.Destroying, dictumal.Active}
	var all []dictumal.Deployment
	for i := range n {
		status, stage := statuses[i%len(statuses)], dictumal.StageActive
		if status == dictumal.Configuring {
			stage = dictumal.SecuringStream
		}
		d := deployment(i, titles[i%len(titles)], status, stage)
		d.ExpiresAt = noon.Add(time.Duration(30+i%200) * time.Minute)
		all = append(all, d)
	}
	return all
}

func surroundings() Surroundings {
	return Surroundings{Now: noon, ErrorKeep: time.Hour, GatewayHost: "stream.example.org", Typical: 21 * time.Second, Extendable: oneHour}
}

func tails(all []dictumal.Deployment) map[string]string {
	lines := map[string]string{}
	for _, d := range all {
		if d.Status == dictumal.Configuring {
			lines[d.ID] = "Get:1 http://mirror.example.org/debian bookworm/main amd64 ripgrep amd64 13.0.0-4+b2\nSetting up build-essential (12.9) ...\n"
		}
	}
	return lines
}

func story(d dictumal.Deployment) []dictumal.Event {
	at, number := d.CreatedAt, int64(100)
	last := map[dictumal.Status]string{dictumal.Active: "The desktop is ready."}
	if d.Failure != nil {
		last[dictumal.Errored] = d.Failure.Cause
	}
	next := func(kind dictumal.EventKind, wait time.Duration, text string) dictumal.Event {
		at, number = at.Add(wait), number+1
		return dictumal.Event{Number: number, At: at, Kind: kind, Status: d.Status, Text: text}
	}
	events := []dictumal.Event{
		{Number: 90, At: at, Kind: dictumal.EventStatus, Status: dictumal.Provisioning, Text: "Deployment ordered."},
		{Number: 91, At: at, Kind: dictumal.EventProgress, Stage: dictumal.ProvisioningDroplet},
		next(dictumal.EventNote, 2*time.Second, "Asked "+d.Provider+" for the machine "+d.MachineName+"."),
		{Number: 92, At: at.Add(time.Second), Kind: dictumal.EventStatus, Status: dictumal.Configuring, Text: "The machine is being configured."},
		{Number: 93, At: at.Add(time.Second), Kind: dictumal.EventProgress, Stage: dictumal.InstallingPackages},
	}
	if d.Status == dictumal.Active || d.Status == dictumal.Errored {
		events = append(events, dictumal.Event{Number: 94, At: at.Add(15 * time.Second), Kind: dictumal.EventStatus, Status: d.Status, Text: last[d.Status]})
	}
	return events
}

func bootText(lines int) string {
	var b strings.Builder
	for i := range lines {
		fmt.Fprintf(&b, "Setting up libexample%d:amd64 (2.36.%d-1) ...\n", i, i%9)
	}
	return b.String()
}

func examples() []Example {
	return []Example{
		{Name: "welcome.md", Title: "Welcome", Summary: "A desktop for a person: browser, editor, files, and a document that says what it is for."},
		{Name: "agent.md", Title: "Agent workbench", Summary: "A machine for an AI agent: tools, no secrets, root rights, gone after four hours."},
		{Name: "minimal.md", Title: "Minimal", Summary: "The least that a constitution can be: a title and one article."},
	}
}
