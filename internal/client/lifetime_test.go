package client_test

import (
	"context"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/client"
)

func TestALifeIsExtendedAndSeveralAreEnded(t *testing.T) {
	r := start(t)
	version, _ := apply(t, r.Client, draft(t, "# Desk\n"))
	desktop, _, err := r.Ensure(t.Context(), version)
	if err != nil {
		t.Fatal(err)
	}
	longer, err := r.Extend(t.Context(), desktop.ID, 90*time.Minute)
	if err != nil || !longer.EndsAt.Equal(desktop.EndsAt.Add(90*time.Minute)) || *longer.EndsBy != dictumal.ClauseTTL {
		t.Errorf("it ends at %v by %v, %v", longer.EndsAt, longer.EndsBy, err)
	}
	results, err := r.DestroyAll(t.Context(), []string{desktop.ID, "none"})
	if err != nil || len(results) != 2 || results[0].Status != dictumal.Destroying || results[1].Error == nil || results[1].Error.Code != dictumal.CodeNotFound {
		t.Errorf("results %+v, %v", results, err)
	}
}

func TestWhatFailedIsTriedAgain(t *testing.T) {
	r := start(t)
	r.provider.SetQuota(0)
	version, _ := apply(t, r.Client, draft(t, "# Desk\n"))
	desktop, _, err := r.Ensure(t.Context(), version)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	follow := func(id string) dictumal.Status {
		d, err := r.Follow(ctx, id, func(client.Deployment) {})
		if err != nil {
			t.Fatal(err)
		}
		return d.Status
	}
	if got := follow(desktop.ID); got != dictumal.Errored {
		t.Fatalf("it is %s", got)
	}
	r.provider.SetQuota(10)
	again, err := r.Retry(ctx, desktop.ID)
	if err != nil || again.ID == desktop.ID || again.Constitution.ID != version.ID {
		t.Fatalf("it is tried again as %s, %v", again.ID, err)
	}
	if got := follow(again.ID); got != dictumal.Active {
		t.Errorf("the next one is %s", got)
	}
	if got, err := r.Deployment(ctx, desktop.ID); err != nil || got.Status.Live() {
		t.Errorf("the failed one is %s, %v", got.Status, err)
	}
}
