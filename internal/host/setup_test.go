package host

import (
	"os"
	"strings"
	"testing"
	"time"
)

func TestSetup(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("Setting up a host needs root.")
	}
	var log strings.Builder
	if err := Setup(t.Context(), Options{Log: &log}); err != nil {
		t.Fatalf("set up the host: %v\n%s", err, &log)
	}
	t.Logf("first time:\n%s", &log)
	log.Reset()
	start := time.Now()
	if err := Setup(t.Context(), Options{Log: &log}); err != nil {
		t.Fatalf("set up the host again: %v", err)
	}
	if log.Len() > 0 {
		t.Errorf("the second set-up still found something to do:\n%s", &log)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("the second set-up took %v, want it to be quick", took)
	}
	t.Logf("again: %v", time.Since(start))
}
