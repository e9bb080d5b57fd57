package oceantest_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/digitalocean/godo"

	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

// scene is an account with one droplet, and one more call that meets a fault.
type scene struct {
	t      *testing.T
	ocean  *oceantest.Ocean
	client *godo.Client
	id     int
}

func TestAFaultOfACallDoesWhatItsNameSays(t *testing.T) {
	const create, list, remove = "POST /v2/droplets", "GET /v2/droplets", "DELETE /v2/droplets/{id}"
	cases := []struct {
		name  string
		call  string
		fault oceantest.Fault
		meet  func(scene)
	}{
		{"an error before the effect makes nothing", create, oceantest.Status(502), func(s scene) {
			refused(s.t, s.create(), 502, "Bad Gateway")
			s.holds(1)
		}},
		{"an error after the effect hides that it was made", create, oceantest.AfterEffect(500), func(s scene) {
			refused(s.t, s.create(), 500, "Internal Server Error")
			s.holds(2)
		}},
		{"a connection that is dropped before the effect", create, oceantest.Drop(), func(s scene) {
			if err := s.create(); !errors.Is(err, syscall.ECONNRESET) {
				s.t.Errorf("the error is %v", err)
			}
			s.holds(1)
		}},
		{"a connection that is dropped after the effect", create, oceantest.DropAfterEffect(), func(s scene) {
			if err := s.create(); !errors.Is(err, syscall.ECONNRESET) {
				s.t.Errorf("the error is %v", err)
			}
			s.holds(2)
		}},
		{"a refusal in other words", create, oceantest.Refuse(422, "no luck"), func(s scene) {
			refused(s.t, s.create(), 422, "no luck")
		}},
		{"a body that is slower than the patience", list, oceantest.SlowBody(time.Minute), func(s scene) {
			ctx, cancel := context.WithTimeout(s.t.Context(), 20*time.Second)
			defer cancel()
			if _, _, err := s.client.Droplets.List(ctx, nil); !errors.Is(err, context.DeadlineExceeded) {
				s.t.Errorf("the error is %v", err)
			}
		}},
		{"a body that is as slow as the patience is long", list, oceantest.SlowBody(time.Minute), func(s scene) {
			begun := time.Now()
			if got := s.list(); len(got) != 1 || time.Since(begun) != time.Minute {
				s.t.Errorf("got %d after %v", len(got), time.Since(begun))
			}
		}},
		{"a burst says how long to wait", create, oceantest.Burst(7 * time.Second), func(s scene) {
			header := refused(s.t, s.create(), 429, "Too many requests")
			if header.Get("Retry-After") != "7" {
				s.t.Errorf("the headers are %v", header)
			}
			s.holds(1)
		}},
		{"an hour that is used up has no Retry-After", create, oceantest.HourUsedUp(90 * time.Second), func(s scene) {
			header := refused(s.t, s.create(), 429, "API Rate limit exceeded.")
			if header.Get("Retry-After") != "" || s.client.GetRate().Remaining != 0 ||
				time.Until(s.client.GetRate().Reset.Time) != 90*time.Second {
				s.t.Errorf("the headers are %v", header)
			}
		}},
		{"half of a page is missing", list, oceantest.PartialPage(), func(s scene) {
			if got := s.list(); len(got) != 0 {
				s.t.Errorf("listed %d, want half of one", len(got))
			}
			s.holds(1)
		}},
		{"unknown fields and nulls", list, oceantest.Drift(), func(s scene) {
			if got := s.list(); len(got) != 1 || got[0].Tags != nil || got[0].Name != "desk" {
				s.t.Errorf("listed %+v", got)
			}
		}},
		{"a clock that is wrong", list, oceantest.ClockSkew(-10 * time.Minute), func(s scene) {
			_, response, err := s.client.Droplets.List(s.t.Context(), nil)
			if err != nil {
				s.t.Fatalf("list: %v", err)
			}
			if date, err := http.ParseTime(response.Header.Get("Date")); err != nil || time.Since(date) != 10*time.Minute {
				s.t.Errorf("the date is %v (%v)", date, err)
			}
		}},
		{"a delete that meets another event", remove, oceantest.Pending(), func(s scene) {
			_, err := s.client.Droplets.Delete(s.t.Context(), s.id)
			refused(s.t, err, 422, "Droplet already has a pending event.")
			s.holds(1)
		}},
		{"a delete that is ignored", remove, oceantest.Ignore(), func(s scene) {
			if response, err := s.client.Droplets.Delete(s.t.Context(), s.id); err != nil || response.StatusCode != http.StatusNoContent {
				s.t.Errorf("the answer is %v", err)
			}
			s.holds(1)
		}},
		{"a token that is revoked", list, oceantest.Revoked(), func(s scene) {
			for range 2 {
				_, _, err := s.client.Droplets.List(s.t.Context(), nil)
				refused(s.t, err, 401, "Unable to authenticate you")
			}
		}},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := begin(t)
				s.ocean.Fail(test.call, test.fault)
				test.meet(s)
				met := 0
				for _, call := range s.ocean.Calls() {
					met += len(call.Faults)
				}
				if met != 1 {
					t.Errorf("%d faults were met, want one", met)
				}
			})
		})
	}
}

func TestAScriptIsPlayedInOrder(t *testing.T) {
	s := begin(t)
	s.ocean.Fail("DELETE /v2/droplets/{id}", oceantest.Times(2, oceantest.Ignore())...)
	s.ocean.Fail("DELETE /v2/droplets/{id}", oceantest.Fine(), oceantest.Status(500))
	s.ocean.Break("*", oceantest.ClockSkew(time.Second))
	for i, want := range []int{204, 204, 204, 500, 404} {
		response, _ := s.client.Droplets.Delete(t.Context(), s.id)
		if response.StatusCode != want {
			t.Errorf("delete %d is answered with %d, want %d", i+1, response.StatusCode, want)
		}
	}
	s.ocean.Heal()
	s.list()
	calls := s.ocean.Calls()
	if last := calls[len(calls)-1]; len(last.Faults) != 0 || len(calls[len(calls)-2].Faults) != 1 {
		t.Errorf("the last calls are %+v", calls[len(calls)-2:])
	}
}

// Private

func begin(t *testing.T) scene {
	t.Helper()
	ocean := oceantest.New(oceantest.Options{Token: token})
	s := scene{t: t, ocean: ocean, client: client(t, ocean)}
	made, _, err := s.client.Droplets.Create(t.Context(), order())
	if err != nil {
		t.Fatalf("create: %v", err)
	}
	s.id = made.ID
	return s
}

func (s scene) create() error {
	s.t.Helper()
	_, _, err := s.client.Droplets.Create(s.t.Context(), order())
	return err
}

func (s scene) list() []godo.Droplet {
	s.t.Helper()
	got, _, err := s.client.Droplets.List(s.t.Context(), nil)
	if err != nil {
		s.t.Fatalf("list: %v", err)
	}
	return got
}

func (s scene) holds(count int) {
	s.t.Helper()
	if there := s.ocean.Droplets(); len(there) != count {
		s.t.Errorf("there are %d droplets, want %d", len(there), count)
	}
}

// refused gives the headers of an answer that has to be an error with these words.
func refused(t *testing.T, err error, status int, words string) http.Header {
	t.Helper()
	answer, ok := errors.AsType[*godo.ErrorResponse](err)
	if !ok || answer.Response.StatusCode != status || !strings.Contains(answer.Message, words) {
		t.Fatalf("the error is %v, want %d and %q", err, status, words)
	}
	return answer.Response.Header
}
