package reconcile

import (
	"context"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/machine"
)

// course is what differs between the streams on the way to ACTIVE.
type course interface {
	probe(ctx context.Context, target machine.Target) (machine.Report, error)
	checks(report machine.Report) map[dictumal.Check]bool
	stage(report machine.Report) dictumal.Stage
	// ready tells whether people may work on the machine.
	ready(report machine.Report) bool
	// faceless tells whether the machine has no desktop though it should.
	faceless(report machine.Report) bool
	// help does what the machine waits for from outside.
	help(ctx context.Context, target machine.Target, report machine.Report) error
}

// Private

func (s *step) course() course {
	if s.row.Stream == dictumal.Guacamole {
		return guacamoleCourse{s}
	}
	return nativeCourse{s}
}

// bootstrapDone is what a machine says once it is as its constitution wants it.
const bootstrapDone = "done"

type nativeCourse struct{ *step }

func (n nativeCourse) probe(ctx context.Context, target machine.Target) (machine.Report, error) {
	return n.Prober.Probe(ctx, target)
}

func (n nativeCourse) checks(report machine.Report) map[dictumal.Check]bool {
	return map[dictumal.Check]bool{
		dictumal.CheckSSH22:       report.SSH,
		dictumal.CheckFramebuffer: report.Framebuffer,
		dictumal.CheckDesktop:     report.Desktop,
	}
}

// stage is how far a machine has come. A baked image shows a desktop long before
// the packages of the constitution are there, which is what people wait for then.
func (n nativeCourse) stage(report machine.Report) dictumal.Stage {
	switch {
	case report.Bootstrap != bootstrapDone:
		return dictumal.InstallingPackages
	case report.Framebuffer:
		return dictumal.FinalHealthCheck
	case report.Greeting:
		return dictumal.SecuringStream
	case report.VNC:
		return dictumal.StartingDesktop
	}
	return dictumal.InstallingPackages
}

// ready wants a desktop, and all of the constitution carried out.
func (n nativeCourse) ready(report machine.Report) bool {
	return report.Bootstrap == bootstrapDone && report.Framebuffer && report.Desktop
}

func (n nativeCourse) faceless(report machine.Report) bool {
	return report.Bootstrap == bootstrapDone && report.VNC && !report.Desktop
}

func (n nativeCourse) help(context.Context, machine.Target, machine.Report) error { return nil }
