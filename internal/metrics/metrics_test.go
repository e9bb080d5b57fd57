package metrics_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/gateway"
	"github.com/dictumal/dictumal/internal/metrics"
	"github.com/dictumal/dictumal/internal/reconcile"
	"github.com/dictumal/dictumal/internal/store"
)

func TestWhatHappenedIsCounted(t *testing.T) {
	refusal := &dictumal.Refusal{Reason: dictumal.ReasonQuota, Message: "No."}
	ordered := time.Now()
	for _, test := range []struct {
		name string
		do   func(m *metrics.Metrics)
		want []string
	}{
		{"an order", func(m *metrics.Metrics) {
			m.Moved("", dictumal.Deployment{Status: dictumal.Provisioning})
		}, []string{`dictumal_transitions_total{from="none",to="PROVISIONING"} 1`}},
		{"a desktop that is ready", func(m *metrics.Metrics) {
			m.Moved(dictumal.Configuring, dictumal.Deployment{
				Status: dictumal.Active, Stream: dictumal.Native, CreatedAt: ordered, ActiveAt: ordered.Add(7 * time.Second),
			})
		}, []string{
			`dictumal_transitions_total{from="CONFIGURING",to="ACTIVE"} 1`,
			`dictumal_deployment_ready_seconds_bucket{stream="native",le="5"} 0`,
			`dictumal_deployment_ready_seconds_bucket{stream="native",le="10"} 1`,
			`dictumal_deployment_ready_seconds_sum{stream="native"} 7`,
		}},
		{"one that has failed", func(m *metrics.Metrics) {
			m.Moved(dictumal.Active, dictumal.Deployment{Status: dictumal.Errored, Failure: &dictumal.Failure{Reason: dictumal.ReasonMachineVanished}})
		}, []string{
			`dictumal_transitions_total{from="ACTIVE",to="ERROR"} 1`,
			`dictumal_deployment_failures_total{reason="machine-vanished"} 1`,
		}},
		{"steps", func(m *metrics.Metrics) {
			m.Stepped(dictumal.Active, time.Second, nil)
			m.Stepped(dictumal.Active, time.Second, fmt.Errorf("look: %w", refusal))
			m.Stepped(dictumal.Active, time.Second, fmt.Errorf("save: %w", store.ErrFenced))
			m.Stepped(dictumal.Active, time.Second, fmt.Errorf("look: %w", context.Canceled))
			m.Stepped(dictumal.Active, time.Second, errors.New("the machine dictumal-x-1 is a mystery"))
		}, []string{
			`dictumal_step_seconds_count{outcome="ok",status="ACTIVE"} 1`,
			`dictumal_step_seconds_count{outcome="refused",status="ACTIVE"} 1`,
			`dictumal_step_seconds_count{outcome="fenced",status="ACTIVE"} 1`,
			`dictumal_step_seconds_count{outcome="interrupted",status="ACTIVE"} 1`,
			`dictumal_step_seconds_count{outcome="failed",status="ACTIVE"} 1`,
			`dictumal_steps_fenced_total 1`,
		}},
		{"connections without room", func(m *metrics.Metrics) {
			m.TurnedAway("address")
			m.TurnedAway("address")
		}, []string{
			`dictumal_connections_refused_total{bound="address"} 2`,
			`dictumal_connections_refused_total{bound="all"} 0`,
		}},
		{"a late claim", func(m *metrics.Metrics) { m.Claimed(4 * time.Second) }, []string{
			`dictumal_claims_lag_seconds_bucket{le="1"} 0`,
			`dictumal_claims_lag_seconds_bucket{le="5"} 1`,
		}},
		{"calls of the provider", func(m *metrics.Metrics) {
			m.Called(metrics.Call{Name: "GET /v2/droplets", Outcome: "ok", Took: 2 * time.Second, Left: 4990})
			m.Called(metrics.Call{Name: "GET /v2/droplets", Outcome: "429", Left: -1})
		}, []string{
			`dictumal_provider_calls_total{call="GET /v2/droplets",outcome="ok"} 1`,
			`dictumal_provider_calls_total{call="GET /v2/droplets",outcome="429"} 1`,
			`dictumal_provider_call_seconds_sum{call="GET /v2/droplets"} 2`,
			`dictumal_provider_limit_remaining 4990`,
		}},
		{"what it refused", func(m *metrics.Metrics) {
			m.Asked(nil)
			m.Asked(errors.New("dropped"))
			m.Asked(fmt.Errorf("create: %w", refusal))
		}, []string{`dictumal_provider_refusals_total{reason="quota"} 1`}},
		{"sweeps", func(m *metrics.Metrics) {
			m.Swept(reconcile.Sweep{Listed: 7, Unowned: 3, Removed: 1, Reported: 2}, nil)
			m.Swept(reconcile.Sweep{Listed: 6, Unowned: 2, Removed: 1}, errors.New("one was not removed"))
			m.Swept(reconcile.Sweep{}, errors.New("no list"))
		}, []string{
			`dictumal_machines_listed 6`, `dictumal_sweeper_unowned 2`,
			`dictumal_sweeper_removed_total 2`, `dictumal_sweeper_reported_total 2`,
		}},
		{"answers", func(m *metrics.Metrics) {
			m.Answered("GET /api/deployments/{id}", http.StatusOK, 3*time.Millisecond)
			m.Answered("", http.StatusNotFound, time.Millisecond)
		}, []string{
			`dictumal_http_requests_seconds_bucket{code="200",route="GET /api/deployments/{id}",le="0.001"} 0`,
			`dictumal_http_requests_seconds_bucket{code="200",route="GET /api/deployments/{id}",le="0.005"} 1`,
			`dictumal_http_requests_seconds_count{code="404",route="none"} 1`,
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := metrics.New()
			test.do(m)
			told := scrape(t, m.Handler(sources()))
			for _, line := range test.want {
				if !slices.Contains(told, line) {
					t.Errorf("there is no line %s among\n%s", line, strings.Join(told, "\n"))
				}
			}
		})
	}
}

func TestWhatIsReadWhenAsked(t *testing.T) {
	from := sources()
	from.Census = func(context.Context) ([]store.Count, error) {
		return []store.Count{
			{Status: dictumal.Active, Provider: "incus", Deployments: 3},
			{Status: dictumal.Destroying, Provider: "another", Deployments: 1},
		}, nil
	}
	from.Streams = func() gateway.Stats {
		return gateway.Stats{Open: 2, Opened: 9, Closed: map[string]uint64{"slow": 1, "left": 6}, ToBrowser: 100, ToMachine: 10}
	}
	healthy := true
	from.Healthy = func() bool { return healthy }
	handler := metrics.New().Handler(from)
	told := scrape(t, handler)
	for _, line := range []string{
		`dictumal_build_info{version="v1.2.3"} 1`,
		`dictumal_deployments{provider="incus",status="ACTIVE"} 3`,
		`dictumal_deployments{provider="incus",status="DESTROYING"} 0`,
		`dictumal_deployments{provider="another",status="DESTROYING"} 1`,
		`dictumal_provider_ok 1`,
		`dictumal_stream_sessions 2`,
		`dictumal_stream_sessions_opened_total 9`,
		`dictumal_stream_sessions_closed_total{reason="slow"} 1`,
		`dictumal_stream_sessions_closed_total{reason="left"} 6`,
		`dictumal_stream_sessions_closed_total{reason="host-key"} 0`,
		`dictumal_stream_bytes_total{direction="to-browser"} 100`,
		`dictumal_stream_bytes_total{direction="to-machine"} 10`,
	} {
		if !slices.Contains(told, line) {
			t.Errorf("there is no line %s among\n%s", line, strings.Join(told, "\n"))
		}
	}
	if healthy = false; !slices.Contains(scrape(t, handler), "dictumal_provider_ok 0") {
		t.Error("the provider is not well, and the metric says that it is")
	}
}

func TestWhatIsNotKnownIsNotThere(t *testing.T) {
	told := scrape(t, metrics.New().Handler(sources()))
	for _, name := range []string{
		"dictumal_provider_limit_remaining", "dictumal_provider_ok", "dictumal_machines_listed",
		"dictumal_sweeper_unowned", "dictumal_sweep_timestamp_seconds",
	} {
		if slices.ContainsFunc(told, func(line string) bool { return strings.HasPrefix(line, name) }) {
			t.Errorf("%s has a value, though nobody knows one", name)
		}
	}
}

// TestTheFirstFailureIsAnIncrease wants what can be counted to be there at zero: Prometheus
// sees no increase from nothing to one.
func TestTheFirstFailureIsAnIncrease(t *testing.T) {
	told := scrape(t, metrics.New().Handler(sources()))
	want := []string{`dictumal_transitions_total{from="none",to="PROVISIONING"} 0`}
	for _, reason := range dictumal.Reasons() {
		want = append(want, fmt.Sprintf(`dictumal_deployment_failures_total{reason=%q} 0`, reason),
			fmt.Sprintf(`dictumal_provider_refusals_total{reason=%q} 0`, reason))
	}
	for _, from := range dictumal.Statuses() {
		for _, to := range dictumal.Statuses() {
			if from.CanBecome(to) {
				want = append(want, fmt.Sprintf(`dictumal_transitions_total{from=%q,to=%q} 0`, from, to))
			}
		}
	}
	for _, line := range want {
		if !slices.Contains(told, line) {
			t.Errorf("there is no line %s", line)
		}
	}
	if len(want) > 100 {
		t.Errorf("these are %d series of each replica before anything has happened", len(want))
	}
}

func TestTheDatabaseIsCountedEveryFiveSecondsAtMost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		from, asked := sources(), 0
		from.Census = func(context.Context) ([]store.Count, error) {
			asked++
			return []store.Count{{Status: dictumal.Active, Provider: "incus", Deployments: asked}}, nil
		}
		handler := metrics.New().Handler(from)
		for i, want := range []int{1, 1, 2} {
			if line := fmt.Sprintf(`dictumal_deployments{provider="incus",status="ACTIVE"} %d`, want); !slices.Contains(scrape(t, handler), line) {
				t.Errorf("the answer %d lacks %s", i, line)
			}
			time.Sleep(3 * time.Second)
		}
	})
}

func TestADatabaseThatDoesNotAnswerHidesItsOwnMetricOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		from := sources()
		from.Log = slog.New(slog.NewTextHandler(&log, nil))
		from.Census = func(ctx context.Context) ([]store.Count, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		begun := time.Now()
		told := scrape(t, metrics.New().Handler(from))
		if took := time.Since(begun); took != 2*time.Second {
			t.Errorf("the answer took %s, want the two seconds that the database gets", took)
		}
		if !slices.Contains(told, "dictumal_steps_fenced_total 0") {
			t.Errorf("the other metrics are missing:\n%s", strings.Join(told, "\n"))
		}
		if !strings.Contains(log.String(), "Some metrics could not be read") || !strings.Contains(log.String(), "context deadline exceeded") {
			t.Errorf("the log does not say what is missing, and why: %s", log.String())
		}
	})
}

func TestEveryMetricIsWellFormedAndDescribed(t *testing.T) {
	m := metrics.New()
	everything(m)
	from := sources()
	from.Healthy = func() bool { return true }
	body := answer(t, m.Handler(from))
	problems, err := promlint.New(strings.NewReader(body)).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range problems {
		if strings.HasPrefix(problem.Metric, "dictumal_") {
			t.Errorf("%s: %s", problem.Metric, problem.Text)
		}
	}
	page, err := os.ReadFile("../../docs/observability.md")
	if err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile(`(?m)^# TYPE (dictumal_\w+)`)
	var told, described []string
	for _, found := range names.FindAllStringSubmatch(body, -1) {
		told = append(told, found[1])
	}
	for _, found := range regexp.MustCompile("(?m)^\\| `(dictumal_\\w+)").FindAllStringSubmatch(string(page), -1) {
		described = append(described, found[1])
	}
	slices.Sort(told)
	slices.Sort(described)
	if diff := cmp.Diff(told, described); diff != "" {
		t.Errorf("docs/observability.md (-told +described):\n%s", diff)
	}
}

// Private

func sources() metrics.Sources {
	return metrics.Sources{
		Version: "v1.2.3", Provider: "incus",
		Streams: func() gateway.Stats { return gateway.Stats{} },
		Census: func(context.Context) ([]store.Count, error) {
			return []store.Count{{Status: dictumal.Active, Provider: "incus", Deployments: 1}}, nil
		},
		Log: slog.New(slog.DiscardHandler),
	}
}

// everything happens once.
func everything(m *metrics.Metrics) {
	m.Moved("", dictumal.Deployment{Status: dictumal.Active, Stream: dictumal.Native})
	m.Moved(dictumal.Active, dictumal.Deployment{Status: dictumal.Errored, Failure: &dictumal.Failure{Reason: dictumal.ReasonQuota}})
	m.Stepped(dictumal.Active, time.Second, nil)
	m.Claimed(time.Second)
	m.Called(metrics.Call{Name: "GET /v2/droplets", Outcome: "ok", Left: 1})
	m.Asked(&dictumal.Refusal{Reason: dictumal.ReasonQuota})
	m.Swept(reconcile.Sweep{}, nil)
	m.Answered("GET /healthz", http.StatusOK, time.Second)
}

// scrape returns the lines with values.
func scrape(t *testing.T, handler http.Handler) []string {
	t.Helper()
	return slices.DeleteFunc(strings.Split(answer(t, handler), "\n"), func(line string) bool { return !strings.HasPrefix(line, "dictumal_") })
}

func answer(t *testing.T, handler http.Handler) string {
	t.Helper()
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody))
	if w.Code != http.StatusOK {
		t.Fatalf("GET /metrics = %d %s", w.Code, w.Body)
	}
	return w.Body.String()
}
