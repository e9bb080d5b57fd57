package web

import (
	"fmt"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/control"
	"github.com/dictumal/dictumal/internal/store"
)

// machineScenes are the register of machines, receipts, and a provider that does not answer.
func machineScenes() []scene {
	confirmed, unconfirmed, nothing, free := receiptOf(5), receiptOf(6), receiptOf(7), receiptOf(8)
	unconfirmed.Verdict, unconfirmed.Observed, unconfirmed.Deployment.MachineGoneAt = control.VerdictUnconfirmed, "", time.Time{}
	unconfirmed.Sentence = "Not confirmed: the machine " + unconfirmed.Deployment.MachineName + " may still run at DigitalOcean and cost money. Look there."
	unconfirmed.Closed = dictumal.Event{At: noon.Add(-2 * time.Minute), Text: "Forgotten by root@example.org; not confirmed: the machine may still run."}
	nothing.Verdict, nothing.Observed, nothing.Ran, nothing.Sentence = control.VerdictNothingMade, "", 0, "No machine was made; nothing was charged."
	nothing.Deployment.OrderedAt, nothing.Deployment.ActiveAt = time.Time{}, time.Time{}
	free.Deployment.Provider, free.Provider, free.Deployment.Region, free.Deployment.PricePerHour = "incus", "Incus", "local", 0
	free.Deployment.Constitution.Title = longTitle
	free.Sentence, free.Observed, free.Rule = "Incus confirms that nothing remains.", "Seen without it once. Incus' list is the truth: one look is enough.", control.BillingRule(free.Deployment)
	partial := register("machines-partial", withoutList(fleet(5)))
	down := list("instances-provider-down", cloud(), listing{})
	ill := single("instance-provider-down", droplet(12, "Welcome", dictumal.Active, dictumal.StageActive), bootText(40))
	return []scene{
		register("machines", fleet(5)), register("machines-nobodys", kept(fleet(2))), register("machines-free", onThisHost(fleet(3))),
		register("machines-none", control.Fleet{Provider: "DigitalOcean", Admin: true}),
		register("machines-own", own(fleet(3))), register("machines-many", fleet(200)),
		sick(partial), sick(down), sick(ill),
		receiptScene("receipt", confirmed), receiptScene("receipt-not-confirmed", unconfirmed),
		receiptScene("receipt-nothing-made", nothing), receiptScene("receipt-free", free),
	}
}

func register(name string, f control.Fleet) scene {
	return scene{name: name, page: "machines", view: newMachinesPage(frame("machines", "Machines", "instances.js"), f, 0, noon)}
}

// fleet is so many machines of desktops, two that nobody owns, and one of each other kind.
func fleet(n int) control.Fleet {
	f := control.Fleet{
		Provider: "DigitalOcean", Admin: true,
		All: control.Spend{Spending: store.Spending{Spent: 21.4, Committed: 9.75}, Cap: 50},
		Own: control.Spend{Spending: store.Spending{Spent: 4.1, Committed: 2.2}, Cap: 20},
	}
	for i, size := range []string{"s-2vcpu-4gb", "g-99vcpu"} {
		m := control.Machine{Standing: control.StandingUnowned, Machine: dictumal.Machine{
			ID: fmt.Sprint(512345670 + i), Name: dictumal.MachineName("k3xq", fmt.Sprintf("01KAH3STRAY%015d", i)), Size: size,
			Power: dictumal.PowerActive, IP: fmt.Sprintf("203.0.113.%d", 200+i), CreatedAt: noon.Add(-50 * time.Minute),
		}, Since: noon.Add(-45 * time.Second), RemovedAt: noon.Add(75 * time.Second), Priced: i == 0}
		if m.Priced {
			m.PricePerHour, m.Cost = 0.036, 0.03
		}
		f.Machines = append(f.Machines, m)
	}
	for i := range n {
		title := []string{"Review bench", "Welcome", longTitle, "Agent workbench", "Minimal"}[i%5]
		d := droplet(20+i, title, dictumal.Active, dictumal.StageActive)
		d.Owner = []string{"u1", "u2"}[i%2]
		f.Machines = append(f.Machines, machineOf(d, control.StandingOwned))
	}
	f.Machines[2].Power = dictumal.PowerOff
	missing := machineOf(droplet(15, "Archive desk", dictumal.Active, dictumal.StageActive), control.StandingMissing)
	missing.Since = noon.Add(-12 * time.Second)
	making := machineOf(droplet(11, "Statistics", dictumal.Provisioning, dictumal.ProvisioningDroplet), control.StandingMaking)
	making.Machine = dictumal.Machine{Size: making.Size}
	f.Machines = append(f.Machines, missing, making, machineOf(droplet(16, "Welcome", dictumal.Destroying, dictumal.StageActive), control.StandingRemoving))
	return f
}

func machineOf(d dictumal.Deployment, standing control.Standing) control.Machine {
	d.OrderedAt, d.PricePerHour = d.CreatedAt, 0.0357
	return control.Machine{
		Standing: standing, Deployment: &d, Email: map[string]string{"u1": "ada@example.org", "u2": "grace.hopper@example.org"}[d.Owner],
		Priced: true, PricePerHour: d.PricePerHour, Cost: d.Cost(noon),
		Machine: dictumal.Machine{ID: "512345678", Name: d.MachineName, Size: d.Size, IP: d.IP, CreatedAt: d.CreatedAt, Power: dictumal.PowerActive},
	}
}

func kept(f control.Fleet) control.Fleet {
	for i := range f.Machines {
		if m := &f.Machines[i]; m.Standing == control.StandingUnowned {
			m.Kept, m.RemovedAt, m.Since = true, time.Time{}, noon.Add(-3*time.Hour)
		}
	}
	return f
}

func own(f control.Fleet) control.Fleet {
	f.Admin, f.All, f.Machines = false, control.Spend{}, f.Machines[2:]
	return f
}

func withoutList(f control.Fleet) control.Fleet {
	f.Machines = f.Machines[2:]
	for i := range f.Machines {
		f.Machines[i].Standing = control.StandingUnknown
	}
	f.Failure = &dictumal.Failure{Cause: "DigitalOcean does not answer (503)."}
	return f
}

func onThisHost(f control.Fleet) control.Fleet {
	f.Provider, f.Own, f.All, f.Machines = "Incus", control.Spend{}, control.Spend{}, f.Machines[2:]
	for i := range f.Machines {
		f.Machines[i].PricePerHour, f.Machines[i].Cost = 0, 0
		f.Machines[i].ID = f.Machines[i].Name
	}
	return f
}

func receiptOf(n int) control.Receipt {
	d := droplet(n, "Review bench", dictumal.Destroyed, dictumal.StageActive)
	d.OrderedAt, d.ActiveAt, d.DestroyedAt, d.MachineGoneAt = noon.Add(-4*time.Hour), noon.Add(-234*time.Minute), noon.Add(-2*time.Minute), noon.Add(-2*time.Minute)
	d.PricePerHour, d.Billing = 0.0357, dictumal.Billing{Unit: time.Second, Minimum: time.Minute, Least: 0.01, MonthHours: 672}
	d.MachineID = "512345678"
	return control.Receipt{
		Deployment: d, Provider: "DigitalOcean", Ran: 3*time.Hour + 58*time.Minute, Cost: d.Cost(noon), Rule: control.BillingRule(d),
		Ended:   dictumal.Event{At: noon.Add(-3 * time.Minute), Status: dictumal.Destroying, Text: "Destroy was asked for by ada@example.org."},
		Verdict: control.VerdictConfirmed, Sentence: "DigitalOcean confirms that nothing remains.",
		Observed: "Seen without it 3 times within 35 seconds, since a list may lag behind.",
	}
}

func receiptScene(name string, r control.Receipt) scene {
	made := single(name, r.Deployment, bootText(40))
	page := made.view.(InstancePage)
	page.Receipt = newReceipt(r, noon)
	made.view, made.twin = page, name != "receipt"
	return made
}

// sick is a scene while the provider does not answer.
func sick(s scene) scene {
	health := newHealth(dictumal.Health{Since: noon.Add(-4 * time.Minute), Until: noon.Add(30 * time.Second), Failure: &dictumal.Failure{
		Cause: "DigitalOcean does not answer (503 Service Unavailable). It has been so since 11:56:00 UTC on 20 November. Desktops that run go on; " +
			"machines are neither made nor removed, and what is asked for is done later.",
		NextStep: "Nothing needs to be done: it is asked again. If this lasts, look at status.digitalocean.com.",
	}}, noon)
	switch page := s.view.(type) {
	case InstancesPage:
		page.Health = health
		s.view = page
	case InstancePage:
		page.Health = health
		s.view = page
	case MachinesPage:
		page.Health = health
		page.Failure = "DigitalOcean has not given its list, so this is what was last known."
		s.view = page
	}
	return s
}
