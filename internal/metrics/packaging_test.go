package metrics_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"
	"github.com/grafana/grafana-foundation-sdk/go/stat"
	"github.com/grafana/grafana-foundation-sdk/go/timeseries"

	"github.com/dictumal/dictumal/internal/metrics"
)

const (
	dashboardFile = "../../packaging/grafana/dictumal.json"
	rulesFile     = "../../packaging/prometheus/dictumal.rules.yml"
	rulesTest     = "../../packaging/prometheus/dictumal.rules.test.yml"
)

// TestTheDashboardIsOneThatGrafanaReads takes Grafana's own schema, as its SDK has it:
// no field is unknown, missing or of another kind, in panels, options and queries.
func TestTheDashboardIsOneThatGrafanaReads(t *testing.T) {
	known := cog.NewRuntime() // the only one there is
	known.RegisterPanelcfgVariant(timeseries.VariantConfig())
	known.RegisterPanelcfgVariant(stat.VariantConfig())
	known.RegisterDataqueryVariant(prometheus.VariantConfig())
	board := dashboard.NewDashboard()
	if err := board.UnmarshalJSONStrict(file(t, dashboardFile)); err != nil {
		t.Fatal(err)
	}
	if err := board.Validate(); err != nil {
		t.Error(err)
	}
	seen := map[uint32]string{}
	for _, p := range board.Panels {
		if p.Panel == nil {
			continue
		}
		if other := seen[*p.Panel.Id]; other != "" {
			t.Errorf("%s and %s have the same id", other, *p.Panel.Title)
		}
		seen[*p.Panel.Id] = *p.Panel.Title
		if *p.Panel.Datasource.Uid != "${datasource}" || p.Panel.Description == nil || len(p.Panel.Targets) == 0 {
			t.Errorf("%s does not take the data source that is chosen, asks for nothing, or does not say what it shows", *p.Panel.Title)
		}
	}
	if diff := overlaps(board); diff != "" {
		t.Error(diff)
	}
}

// TestPrometheusReadsWhatTheDashboardAsks has its own tool parse every query.
func TestPrometheusReadsWhatTheDashboardAsks(t *testing.T) {
	type rule struct {
		Record string `json:"record"`
		Expr   string `json:"expr"`
	}
	var rules []rule
	known := strings.NewReplacer("$__rate_interval", "5m", "$job", "dictumal", "$instance", ".+")
	for i, query := range dashboardQueries(t) {
		rules = append(rules, rule{Record: fmt.Sprintf("panel:query:%d", i), Expr: known.Replace(query)})
	}
	text, err := json.Marshal(map[string]any{"groups": []any{map[string]any{"name": "dashboard", "rules": rules}}}) // JSON is YAML
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "rules.yml")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	promtool(t, "check", "rules", path)
}

func TestEachAlertFiresWhereItShouldAndNowhereElse(t *testing.T) {
	promtool(t, "check", "rules", rulesFile)
	promtool(t, "test", "rules", rulesTest)
	var cases struct {
		Tests []struct {
			Rules []struct {
				Alert    string `yaml:"alertname"`
				Expected []any  `yaml:"exp_alerts"`
			} `yaml:"alert_rule_test"`
		} `yaml:"tests"`
	}
	if err := yaml.Unmarshal(file(t, rulesTest), &cases); err != nil {
		t.Fatal(err)
	}
	fires, silent := map[string]bool{}, map[string]bool{}
	for _, test := range cases.Tests {
		for _, r := range test.Rules {
			fires[r.Alert] = fires[r.Alert] || len(r.Expected) > 0
			silent[r.Alert] = silent[r.Alert] || len(r.Expected) == 0
		}
	}
	for _, a := range alerts(t) {
		if !fires[a.Alert] || !silent[a.Alert] {
			t.Errorf("%s is tested to fire: %v, and not to: %v", a.Alert, fires[a.Alert], silent[a.Alert])
		}
	}
}

func TestEachAlertSaysWhatToDo(t *testing.T) {
	headings := regexp.MustCompile(`(?m)^#+ (\w+)$`)
	described := []string{}
	for _, found := range headings.FindAllStringSubmatch(string(file(t, "../../docs/observability.md")), -1) {
		described = append(described, strings.ToLower(found[1]))
	}
	for _, a := range alerts(t) {
		if a.Annotations["summary"] == "" || a.Annotations["description"] == "" || a.Labels["severity"] == "" {
			t.Errorf("%s has the annotations %v and the labels %v", a.Alert, a.Annotations, a.Labels)
		}
		page, anchor, _ := strings.Cut(a.Annotations["runbook_url"], "#")
		if page != "https://github.com/dictumal/dictumal/blob/main/docs/observability.md" || anchor != strings.ToLower(a.Alert) || !slices.Contains(described, anchor) {
			t.Errorf("%s sends people to %s, where nothing is said of it", a.Alert, a.Annotations["runbook_url"])
		}
	}
}

// TestWhatIsAskedForIsTold wants every metric in the dashboard and the rules to be one
// that the program has, with the labels that are asked for; and every one that it has to
// be on the dashboard.
func TestWhatIsAskedForIsTold(t *testing.T) {
	m := metrics.New()
	everything(m)
	from := sources()
	from.Healthy = func() bool { return true }
	labels := map[string][]string{"up": nil}
	for line := range strings.SplitSeq(answer(t, m.Handler(from)), "\n") {
		if found := regexp.MustCompile(`^(\w+)(?:\{(.*)\})? `).FindStringSubmatch(line); found != nil {
			for _, label := range regexp.MustCompile(`(\w+)="`).FindAllStringSubmatch(found[2], -1) {
				labels[found[1]] = append(labels[found[1]], label[1])
			}
			labels[found[1]] = append(labels[found[1]], "job", "instance")
		}
	}
	labels["up"] = []string{"job", "instance"}
	queries := dashboardQueries(t)
	shown := strings.Join(queries, "\n")
	for _, a := range alerts(t) {
		queries = append(queries, a.Expr)
	}
	asked := regexp.MustCompile(`\b(up|(?:dictumal|process|go)_\w+)(?:\{([^}]*)\})?`)
	for _, query := range queries {
		for _, found := range asked.FindAllStringSubmatch(query, -1) {
			if labels[found[1]] == nil {
				t.Errorf("nothing tells %s, as is asked for in %s", found[1], query)
			}
			for _, label := range regexp.MustCompile(`(\w+)(?:=~|!~|!=|=)"`).FindAllStringSubmatch(found[2], -1) {
				if !slices.Contains(labels[found[1]], label[1]) {
					t.Errorf("%s has no label %s, as is asked for in %s", found[1], label[1], query)
				}
			}
		}
	}
	for name := range labels {
		base := regexp.MustCompile(`_(bucket|count|sum)$`).ReplaceAllString(name, "")
		if strings.HasPrefix(name, "dictumal_") && !strings.Contains(shown, base) {
			t.Errorf("the dashboard does not show %s", base)
		}
	}
}

// Private

type alert struct {
	Alert       string            `yaml:"alert"`
	Expr        string            `yaml:"expr"`
	Labels      map[string]string `yaml:"labels"`
	Annotations map[string]string `yaml:"annotations"`
}

func alerts(t *testing.T) []alert {
	t.Helper()
	var rules struct {
		Groups []struct {
			Rules []alert `yaml:"rules"`
		} `yaml:"groups"`
	}
	if err := yaml.Unmarshal(file(t, rulesFile), &rules); err != nil {
		t.Fatal(err)
	}
	return rules.Groups[0].Rules
}

func dashboardQueries(t *testing.T) (all []string) {
	t.Helper()
	var board struct {
		Panels []struct {
			Targets []struct {
				Expr string `json:"expr"`
			} `json:"targets"`
		} `json:"panels"`
	}
	if err := json.Unmarshal(file(t, dashboardFile), &board); err != nil {
		t.Fatal(err)
	}
	for _, p := range board.Panels {
		for _, target := range p.Targets {
			all = append(all, target.Expr)
		}
	}
	return all
}

// overlaps names panels that lie on one another.
func overlaps(board *dashboard.Dashboard) string {
	taken := map[[2]uint32]string{}
	for _, p := range board.Panels {
		if p.Panel == nil {
			continue
		}
		at := p.Panel.GridPos
		for x := at.X; x < at.X+at.W; x++ {
			for y := at.Y; y < at.Y+at.H; y++ {
				if other := taken[[2]uint32{x, y}]; other != "" || x >= 24 {
					return fmt.Sprintf("%s lies on %s, or beside the page", *p.Panel.Title, other)
				}
				taken[[2]uint32{x, y}] = *p.Panel.Title
			}
		}
	}
	return ""
}

// promtool is Prometheus's own tool.
func promtool(t *testing.T, arguments ...string) {
	t.Helper()
	if said, err := exec.CommandContext(t.Context(), "promtool", arguments...).CombinedOutput(); err != nil {
		t.Errorf("promtool %s: %v\n%s", strings.Join(arguments, " "), err, said)
	}
}

func file(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
