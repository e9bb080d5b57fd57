package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

const gatewayHost = "stream.example.org"

// What the reference documents say of pages, row by row.

// twoRegions offers a size that only one of them has.
func twoRegions() *dictumal.Catalog {
	return &dictumal.Catalog{
		Regions: []dictumal.Region{{Slug: "fra1", Name: "Frankfurt 1"}, {Slug: "nyc3", Name: "New York 3"}},
		Sizes: []dictumal.Size{
			{Slug: "s-1vcpu-1gb", VCPUs: 1, MemoryMB: 1024, DiskGB: 25, PricePerHour: 0.00893, PricePerMonth: 6},
			{Slug: "s-1vcpu-2gb", VCPUs: 1, MemoryMB: 2048, DiskGB: 50, PricePerHour: 0.01786, PricePerMonth: 12},
			{Slug: "s-2vcpu-4gb", VCPUs: 2, MemoryMB: 4096, DiskGB: 80, PricePerHour: 0.03571, PricePerMonth: 24, Regions: []string{"nyc3"}},
		},
		DefaultRegion: "nyc3", DefaultSize: "s-1vcpu-2gb",
	}
}

// cloud is a world where guacamole is the default, with a gateway host or without.
func cloud(t *testing.T, gateway string) *world {
	t.Helper()
	return newWorldOf(t, dictumal.Guacamole, gateway, twoRegions())
}

// answering brings a deployment to a stage, with the checks that answer there.
func (w *world) answering(status dictumal.Status, stage dictumal.Stage, checks ...dictumal.Check) {
	w.Helper()
	w.work(func(row *store.Row) {
		row.Status, row.Progress.Stage, row.IP, row.MachineID, row.OrderedAt = status, stage, "203.0.113.7", "412", row.CreatedAt
		row.Progress.Checks = map[dictumal.Check]bool{}
		for _, check := range checks {
			row.Progress.Checks[check] = true
		}
	},
		store.Entry{Event: dictumal.Event{Kind: dictumal.EventStatus, Status: status, Text: "It is " + string(status) + " now."}},
		store.Entry{Event: dictumal.Event{Kind: dictumal.EventProgress, Stage: stage}})
}

func contains(t *testing.T, page string, wanted ...string) {
	t.Helper()
	for _, want := range wanted {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %s", want)
		}
	}
}

func lacks(t *testing.T, page string, unwanted ...string) {
	t.Helper()
	for _, text := range unwanted {
		if strings.Contains(page, text) {
			t.Errorf("the page has %s", text)
		}
	}
}

func TestSeedsInstancesPageShowsEachState(t *testing.T) {
	w := cloud(t, gatewayHost)
	ada := w.person("ada@example.org")
	constitution := ada.made(plain)
	id := strings.TrimPrefix(ada.deployed(constitution), "/instances/")
	for _, row := range []struct {
		name         string
		status       dictumal.Status
		stage        dictumal.Stage
		shows, hides []string
	}{
		{
			"PROVISIONING: the machine is being created", dictumal.Provisioning, dictumal.ProvisioningDroplet,
			[]string{">Provisioning</span>", "Creating the machine", ">Destroy</button>"},
			[]string{"Open Desktop", "Direct IP", "certificate authority"},
		},
		{
			"CONFIGURING: it is installed and checked", dictumal.Configuring, dictumal.InstallingPackages,
			[]string{">Configuring</span>", "Installing packages", ">Destroy</button>"},
			[]string{"Open Desktop", "Direct IP"},
		},
		{
			"ACTIVE: ready for launch", dictumal.Active, dictumal.StageActive,
			[]string{
				">Active</span>", `href="/api/deployments/` + id + `/launch">Open Desktop</a>`,
				`href="/api/deployments/` + id + `/launch?target=ip">Direct IP</a>`, `href="/ca.pem"`, ">Destroy</button>",
			},
			[]string{"<progress"},
		},
		{
			"DESTROYING: it stands until the machine is gone", dictumal.Destroying, dictumal.StageActive,
			[]string{">Destroying</span>"},
			[]string{"Open Desktop", "Direct IP", ">Destroy</button>"},
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			w.answering(row.status, row.stage)
			page := ada.get("/instances").body
			contains(t, page, append(row.shows,
				fmt.Sprintf(`data-status="%s" data-stage="%s" data-percent="%d"`, row.status, row.stage, row.stage.Percent()),
				`<a href="/instances/`+id+`">A plain desktop</a>`, `href="`+constitution+`?version=1"`)...)
			lacks(t, page, row.hides...)
		})
	}
	t.Run("DESTROYED: it is in the list no more", func(t *testing.T) {
		w.answering(dictumal.Destroyed, dictumal.StageActive)
		lacks(t, ada.get("/instances").body, id, "DESTROYED")
	})
}

func TestSeedsInstancesPageOfAFailure(t *testing.T) {
	w := cloud(t, gatewayHost)
	ada := w.person("ada@example.org")
	instance := ada.deployed(ada.made(plain))
	w.work(func(row *store.Row) {
		row.Status, row.MachineID, row.IP, row.ErrorAt = dictumal.Errored, "412", "203.0.113.7", row.CreatedAt
		row.Failure = &dictumal.Failure{
			Reason:   dictumal.ReasonConfiguringTimeout,
			Cause:    "The desktop was not ready within 20 minutes; the machine's " + dictumal.LogPath + " says why. Its last lines:\nfirst <line>\nlast line",
			NextStep: "Read the boot log.",
		}
	}, store.Entry{Event: dictumal.Event{Kind: dictumal.EventStatus, Status: dictumal.Errored, Text: "It failed. Its last lines:\nfirst <line>"}})
	for _, path := range []string{"/instances", instance} {
		page := ada.get(path).body
		contains(t, page, `data-status="ERROR"`, ">Failed</span>", "configuring-timeout", "/var/log/dictumal-init.log",
			">first &lt;line&gt;\nlast line</pre>", "Read the boot log.", "kept to be looked at, at $0.018 an hour", ">Try again</button>")
		lacks(t, page, "Open Desktop", "Direct IP")
	}
	contains(t, ada.get(instance).body, "<span>It failed.</span>")
}

func TestSeedsDirectIPNeedsAGatewayHostAndGuacamole(t *testing.T) {
	for _, row := range []struct {
		name    string
		gateway string
		stream  dictumal.Stream
		want    bool
	}{
		{"guacamole with a gateway host has it", gatewayHost, dictumal.Guacamole, true},
		{"guacamole without one needs no second button", "", dictumal.Guacamole, false},
		{"native has no address of its own to open", gatewayHost, dictumal.Native, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := newWorldOf(t, row.stream, row.gateway, twoRegions())
			ada := w.person("ada@example.org")
			instance := ada.deployed(ada.made(plain))
			w.answering(dictumal.Active, dictumal.StageActive)
			for _, path := range []string{"/instances", instance, instance + "/progress"} {
				if page := ada.get(path).body; strings.Contains(page, "Direct IP") != row.want || !strings.Contains(page, "Open Desktop") {
					t.Errorf("%s has Direct IP %v, want %v", path, !row.want, row.want)
				}
			}
		})
	}
}

func TestSeedsStagesAndTheirPercents(t *testing.T) {
	w := cloud(t, gatewayHost)
	ada := w.person("ada@example.org")
	instance := ada.deployed(ada.made(plain))
	for _, row := range []struct {
		stage   dictumal.Stage
		percent int
		status  dictumal.Status
	}{
		{"provisioning-droplet", 22, dictumal.Provisioning},
		{"waiting-for-ip", 35, dictumal.Provisioning},
		{"installing-packages", 48, dictumal.Configuring},
		{"starting-guacamole", 62, dictumal.Configuring},
		{"configuring-https", 78, dictumal.Configuring},
		{"final-health-check", 92, dictumal.Configuring},
		{"active", 100, dictumal.Active},
	} {
		t.Run(string(row.stage), func(t *testing.T) {
			w.answering(row.status, row.stage)
			want := fmt.Sprintf(`data-stage="%s" data-percent="%d"`, row.stage, row.percent)
			for _, path := range []string{"/instances", instance, instance + "/progress"} {
				contains(t, ada.get(path).body, want)
			}
		})
	}
}

func TestSeedsChecks(t *testing.T) {
	w := cloud(t, gatewayHost)
	ada := w.person("ada@example.org")
	instance := ada.deployed(ada.made(plain))
	check := func(name string, up bool, word string) string {
		tone := map[string]string{"Answers": "running", "Not yet": "working", "No answer": "gone"}[word]
		shape := map[string]string{"Answers": "●", "Not yet": "◐", "No answer": "○"}[word]
		words := map[string]string{"vnc5901": "VNC socket", "http80": "Web server", "guacHttp8080": "Guacamole", "guacHttps443": "Guacamole over HTTPS"}[name]
		return fmt.Sprintf(`<tr data-check="%s" data-up="%v"><th scope="row">%s<span class="mono">%s</span></th><td><span class="state" data-tone="%s"><span class="shape" aria-hidden="true">%s</span>%s</span></td></tr>`,
			name, up, words, name, tone, shape, word)
	}
	w.answering(dictumal.Configuring, dictumal.StartingGuacamole, dictumal.CheckVNC5901)
	contains(t, ada.get(instance).body, check("vnc5901", true, "Answers"), check("http80", false, "Not yet"),
		check("guacHttp8080", false, "Not yet"), check("guacHttps443", false, "Not yet"))

	t.Run("a false vnc5901 does not block", func(t *testing.T) {
		w.answering(dictumal.Active, dictumal.StageActive, dictumal.CheckHTTP80, dictumal.CheckGuacHTTP, dictumal.CheckGuacHTTPS)
		contains(t, ada.get(instance).body, check("vnc5901", false, "No answer"), check("guacHttps443", true, "Answers"),
			"a VNC socket that does not answer blocks nothing", ">Open Desktop</a>")
	})
}

func TestSeedsDestroyFlow(t *testing.T) {
	w := cloud(t, gatewayHost)
	ada := w.person("ada@example.org")
	instance := ada.deployed(ada.made(plain))
	w.answering(dictumal.Active, dictumal.StageActive)
	contains(t, ada.get("/instances").body, `action="`+instance+`/destroy"><button class="quiet danger">Destroy</button>`)
	contains(t, ada.get(instance+"/destroy").body, "Destroy “A plain desktop”?", "removed with everything on it", "has cost")
	if got := ada.post(instance+"/destroy", ada.form(instance+"/destroy")); got.status != http.StatusSeeOther {
		t.Fatalf("destroying answers %d", got.status)
	}
	contains(t, ada.get("/instances").body, `data-status="DESTROYING"`)
}
