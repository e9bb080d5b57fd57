package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

func TestTheCensusCountsWhatIsNotDestroyed(t *testing.T) {
	s := open(t)
	for _, one := range []struct {
		id, provider string
		status       dictumal.Status
	}{
		{"D1", "memory", dictumal.Provisioning},
		{"D2", "memory", dictumal.Configuring},
		{"D3", "memory", dictumal.Active},
		{"D4", "memory", dictumal.Active},
		{"D5", "another", dictumal.Active},
		{"D6", "memory", dictumal.Errored},
		{"D7", "memory", dictumal.Destroying},
		{"D8", "memory", dictumal.Destroyed},
	} {
		ordered := order(one.id)
		ordered.Row.Provider = one.provider
		add(t, s, ordered)
		row := claim(t, s, time.Hour)
		row.Status = one.status
		if err := s.Save(t.Context(), row, store.Outcome{Wake: time.Now().Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.Census(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []store.Count{
		{Status: dictumal.Active, Provider: "another", Deployments: 1},
		{Status: dictumal.Active, Provider: "memory", Deployments: 2},
		{Status: dictumal.Configuring, Provider: "memory", Deployments: 1},
		{Status: dictumal.Destroying, Provider: "memory", Deployments: 1},
		{Status: dictumal.Errored, Provider: "memory", Deployments: 1},
		{Status: dictumal.Provisioning, Provider: "memory", Deployments: 1},
	}
	inOrder := cmpopts.SortSlices(func(a, b store.Count) bool { return string(a.Status)+a.Provider < string(b.Status)+b.Provider })
	if diff := cmp.Diff(want, got, inOrder); diff != "" {
		t.Errorf("the census (-want +got):\n%s", diff)
	}
}
