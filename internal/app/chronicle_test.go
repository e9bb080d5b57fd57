package app

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/metrics"
)

func TestWhatTheProgramDoesByItselfIsWrittenDown(t *testing.T) {
	var told []dictumal.Deed
	c := chronicle{metrics.New(), func(_ context.Context, d dictumal.Deed) { told = append(told, d) }}
	over := dictumal.Deployment{ID: "D1", Status: dictumal.Destroying, ExpiresAt: time.Now()}
	failed := dictumal.Deployment{ID: "D2", Status: dictumal.Errored, Failure: &dictumal.Failure{
		Reason: dictumal.ReasonConfiguringTimeout, Cause: "The log ends with: password is hunter2",
	}}
	c.Moved(dictumal.Active, over)
	c.Moved(dictumal.Configuring, failed)
	c.Moved(dictumal.Configuring, dictumal.Deployment{ID: "D3", Status: dictumal.Active})
	c.Moved(dictumal.Destroying, dictumal.Deployment{ID: "D1", Status: dictumal.Destroyed})
	c.Removed("D1", "dictumal-here-m")
	c.Removed("", "dictumal-here-stray")
	want := []dictumal.Deed{
		{Action: "deployment.destroy", Object: "D1", Result: dictumal.ResultDone, Detail: "The constitution ends it (lifetime.ttl)."},
		{Action: "deployment.fail", Object: "D2", Result: dictumal.ResultFailed, Detail: "configuring-timeout"},
		{Action: "machine.remove", Object: "D1", Result: dictumal.ResultDone, Detail: "Its machine dictumal-here-m is gone."},
		{Action: "machine.sweep", Object: "dictumal-here-stray", Result: dictumal.ResultDone, Detail: "No desktop owned it."},
	}
	for i := range want {
		want[i].Via = dictumal.ViaProgram
	}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Error(diff)
	}
}
