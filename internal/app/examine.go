package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/config"
	"github.com/dictumal/dictumal/internal/host"
	"github.com/dictumal/dictumal/internal/metrics"
)

// ExamineCloud looks whether the cloud that the configuration names lets us in. It
// makes nothing there.
func ExamineCloud(ctx context.Context, cfg config.Config) host.Finding {
	finding := host.Finding{Name: "DigitalOcean", OK: true}
	provider := (&App{config: cfg, metrics: metrics.New()}).provider("doctor")
	catalog, err := provider.Catalog(ctx)
	if err == nil {
		finding.Detail = fmt.Sprintf("the token works; %d regions and %d sizes are on offer", len(catalog.Regions), len(catalog.Sizes))
		return finding
	}
	finding.OK, finding.Detail = false, err.Error()
	if refusal, ok := errors.AsType[*dictumal.Refusal](err); ok {
		finding.Detail, finding.Fix = refusal.Message, refusal.NextStep
	}
	return finding
}
