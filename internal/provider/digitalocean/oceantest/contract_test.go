package oceantest_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/digitalocean/godo"

	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

func TestDigitalOceanContractHoldsForEveryEndpoint(t *testing.T) {
	ocean := oceantest.New(oceantest.Options{Token: token})
	client := clientOf(t, contract(t)(ocean.Transport()), token)
	made := walk(t, client)
	if len(made) != 0 {
		t.Errorf("these are left: %v", made)
	}
}

func TestDigitalOceanContractHoldsForRefusals(t *testing.T) {
	limited := oceantest.Rate{Minute: 1}
	cases := []struct {
		name    string
		options oceantest.Options
		token   string
		fault   oceantest.Fault
		want    int
	}{
		{"a wrong token", oceantest.Options{}, "another", oceantest.Fine(), http.StatusUnauthorized},
		{"a missing scope", oceantest.Options{Scopes: []string{}}, token, oceantest.Fine(), http.StatusForbidden},
		{"no room", oceantest.Options{Limit: -1}, token, oceantest.Fine(), http.StatusUnprocessableEntity},
		{"a burst", oceantest.Options{Rate: limited}, token, oceantest.Fine(), http.StatusTooManyRequests},
		{"an hour that is used up", oceantest.Options{}, token, oceantest.HourUsedUp(1), http.StatusTooManyRequests},
		{"an error", oceantest.Options{}, token, oceantest.Status(503), http.StatusServiceUnavailable},
		{"an error after the effect", oceantest.Options{}, token, oceantest.AfterEffect(500), http.StatusInternalServerError},
		{"a pending event", oceantest.Options{}, token, oceantest.Refuse(422, "Droplet already has a pending event."), http.StatusUnprocessableEntity},
	}
	checked := contract(t)
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			test.options.Token = token
			ocean := oceantest.New(test.options)
			client := clientOf(t, checked(ocean.Transport()), test.token)
			if test.options.Rate == limited {
				_, _, _ = client.Account.Get(t.Context())
			}
			ocean.Fail("POST /v2/droplets", test.fault)
			_, response, err := client.Droplets.Create(t.Context(), order())
			if err == nil || response.StatusCode != test.want {
				t.Errorf("the answer is %v, want %d", err, test.want)
			}
		})
	}
}

func TestDigitalOceanContractHoldsWhateverGoesWrong(t *testing.T) {
	checked := contract(t)
	var faults oceantest.Faults
	for i := range reflect.TypeFor[oceantest.Faults]().NumField() {
		reflect.ValueOf(&faults).Elem().Field(i).SetFloat(0.05)
	}
	synctest.Test(t, func(t *testing.T) {
		for seed := range uint64(30) {
			ocean := oceantest.New(oceantest.Options{Token: token, Seed: seed, Faults: faults})
			client := clientOf(t, checked(ocean.Transport()), token)
			for range 5 {
				_, _, _ = client.Droplets.Create(t.Context(), order())
				time.Sleep(time.Minute)
				_, _, _ = client.Droplets.List(t.Context(), &godo.ListOptions{PerPage: 200})
			}
			for _, d := range ocean.Droplets() {
				_, _, _ = client.Droplets.Get(t.Context(), d.ID)
				_, _ = client.Droplets.Delete(t.Context(), d.ID)
			}
		}
	})
}

func TestDigitalOceanContractIsNotBlindToWrongRequests(t *testing.T) {
	cases := []struct {
		name, fault string
		send        func(context.Context, *godo.Client) error
	}{
		{"null instead of keys", "ssh_keys", func(ctx context.Context, client *godo.Client) error {
			wrong := order()
			wrong.SSHKeys = nil
			_, _, err := client.Droplets.Create(ctx, wrong)
			return err
		}},
		{"a page that is too large", "per_page", func(ctx context.Context, client *godo.Client) error {
			_, _, err := client.Droplets.List(ctx, &godo.ListOptions{PerPage: 500})
			return err
		}},
		{"a path that is not there", "no GET", func(ctx context.Context, client *godo.Client) error {
			_, _, err := client.Functions.ListNamespaces(ctx)
			if err != nil && strings.Contains(err.Error(), "404") {
				return nil
			}
			return err
		}},
	}
	contract(t)
	heard := &listener{TB: t}
	ocean := oceantest.New(oceantest.Options{Token: token})
	client := clientOf(t, oceantest.Checked(heard, ocean.Transport()), token)
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			heard.complaints = nil
			if err := test.send(t.Context(), client); err != nil {
				t.Fatalf("send: %v", err)
			}
			if len(heard.complaints) != 1 || !strings.Contains(heard.complaints[0], test.fault) {
				t.Errorf("heard %q, want one about %s", heard.complaints, test.fault)
			}
		})
	}
}

func TestDigitalOceanContractIsNotBlindToWrongAnswers(t *testing.T) {
	contract(t)
	heard := &listener{TB: t}
	client := clientOf(t, oceantest.Checked(heard, wrongAnswer{}), token)
	if _, _, err := client.Regions.List(t.Context(), nil); err != nil {
		t.Fatalf("list: %v", err)
	}
	if len(heard.complaints) != 1 || !strings.Contains(heard.complaints[0], "the answer 200") {
		t.Errorf("heard %q, want one about the answer", heard.complaints)
	}
}

// Private

// contract gives the contract, or skips the test: DigitalOcean's document is not
// a part of this project.
func contract(t *testing.T) func(http.RoundTripper) http.RoundTripper {
	t.Helper()
	wrap := oceantest.Contract(t)
	if wrap == nil {
		t.Skipf("DigitalOcean's OpenAPI document is not at %s; DICTUMAL_DO_OPENAPI names another place.", oceantest.Document())
	}
	return wrap
}

// listener takes a test's complaints down instead of failing.
type listener struct {
	testing.TB
	complaints []string
}

func (l *listener) Errorf(format string, arguments ...any) {
	l.complaints = append(l.complaints, fmt.Sprintf(format, arguments...))
}

// wrongAnswer answers with a region that lacks everything.
type wrongAnswer struct{}

func (wrongAnswer) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusOK, Request: r, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(`{"regions": [{"slug": "nyc3"}], "links": {}, "meta": {"total": 1}}`)),
	}, nil
}
