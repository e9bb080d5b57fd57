package metrics

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

// Census counts the deployments that are not destroyed.
type Census func(ctx context.Context) ([]store.Count, error)

const (
	censusTime = 2 * time.Second // for the database to answer
	censusLife = 5 * time.Second // however many ask meanwhile
)

// Private

// census counts the rows when it is asked: they are the truth, whoever has changed them.
type census struct {
	read     Census
	provider string

	mu     sync.Mutex
	counts []store.Count
	until  time.Time
}

func newCensus(from Sources) *census { return &census{read: from.Census, provider: from.Provider} }

var deploymentsNow = description("deployments", "Deployments that are not destroyed, by status and provider.", "status", "provider")

func (c *census) Describe(to chan<- *prometheus.Desc) { to <- deploymentsNow }

func (c *census) Collect(to chan<- prometheus.Metric) {
	counts, err := c.fresh()
	if err != nil {
		to <- prometheus.NewInvalidMetric(deploymentsNow, err)
		return
	}
	for _, count := range counts {
		to <- prometheus.MustNewConstMetric(deploymentsNow, prometheus.GaugeValue, float64(count.Deployments), string(count.Status), count.Provider)
	}
}

func (c *census) fresh() ([]store.Count, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Now().Before(c.until) {
		return c.counts, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), censusTime)
	defer cancel()
	counts, err := c.read(ctx)
	if err != nil {
		return nil, err
	}
	for _, status := range dictumal.Statuses() { // what is missing would be a gap, where zero is meant
		same := func(count store.Count) bool { return count.Status == status && count.Provider == c.provider }
		if !status.Terminal() && !slices.ContainsFunc(counts, same) {
			counts = append(counts, store.Count{Status: status, Provider: c.provider})
		}
	}
	c.counts, c.until = counts, time.Now().Add(censusLife)
	return counts, nil
}
