package oceantest_test

import (
	"errors"
	"net/url"
	"testing"
	"time"

	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

func TestARealConnectionCarriesTheSameFaults(t *testing.T) {
	ocean := oceantest.New(oceantest.Options{Token: token})
	client := serve(t, ocean)
	ocean.Fail("POST /v2/droplets", oceantest.DropAfterEffect(), oceantest.SlowBody(time.Millisecond))
	_, _, err := client.Droplets.Create(t.Context(), order())
	if _, lost := errors.AsType[*url.Error](err); !lost {
		t.Errorf("the connection was not dropped: %v", err)
	}
	if made, _, err := client.Droplets.Create(t.Context(), order()); err != nil || made.Name != "desk" {
		t.Errorf("the slow body is %+v (%v)", made, err)
	}
	if len(ocean.Droplets()) != 2 {
		t.Errorf("there are %d droplets, want 2", len(ocean.Droplets()))
	}
}
