package metrics

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

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
	read Census

	mu     sync.Mutex
	counts []store.Count
	until  time.Time
}

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
	c.counts, c.until = counts, time.Now().Add(censusLife)
	return counts, nil
}
