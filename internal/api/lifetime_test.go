package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/api"
	"github.com/dictumal/dictumal/internal/store"
)

func TestADesktopIsExtendedByATimeOrUntilAMoment(t *testing.T) {
	o := open(t)
	ada := o.user("ada@example.org")
	desk := ada.deploy(ada.constitution())
	first := ada.deployment(desk)
	if first.EndsAt == nil || !first.EndsAt.Equal(*first.ExpiresAt) || *first.EndsBy != dictumal.ClauseTTL || first.Budget != nil {
		t.Fatalf("at first it ends at %v by %v, budget %v", first.EndsAt, first.EndsBy, first.Budget)
	}
	path := "/api/deployments/" + desk + "/extend"
	until := first.ExpiresAt.Add(3 * time.Hour).Format(time.RFC3339Nano)
	for _, test := range []struct {
		name, body string
		status     int
		after      time.Duration // than at first
		say        string
	}{
		{"by an hour", `{"by":"1h"}`, 200, time.Hour, ""},
		{"by another", `{"by":"60m"}`, 200, 2 * time.Hour, ""},
		{"until a moment", `{"until":"` + until + `"}`, 200, 3 * time.Hour, ""},
		{"until the same moment", `{"until":"` + until + `"}`, 200, 3 * time.Hour, ""},
		{"to an earlier end", `{"until":"2020-01-01T00:00:00Z"}`, 422, 3 * time.Hour, "an extension does not shorten it"},
		{"by something else", `{"by":"soon"}`, 422, 3 * time.Hour, "not a length of time to extend by"},
		{"by nothing", `{"by":"0s"}`, 422, 3 * time.Hour, "not a length of time to extend by"},
		{"without saying how", `{}`, 422, 3 * time.Hour, "Say either by how long"},
		{"too far", `{"by":"20h"}`, 422, 3 * time.Hour, "DICTUMAL_MAX_TTL"},
	} {
		got := ada.ask("POST", path, test.body)
		if got.status != test.status || !strings.Contains(got.body, test.say) {
			t.Errorf("%s: %d %s", test.name, got.status, got.body)
		}
		if d := ada.deployment(desk); !d.ExpiresAt.Equal(first.ExpiresAt.Add(test.after)) || !d.EndsAt.Equal(*d.ExpiresAt) {
			t.Errorf("%s: it ends at %s", test.name, d.ExpiresAt)
		}
	}
	o.work(func(row *store.Row) { row.Status = dictumal.Errored })
	if got := ada.ask("POST", path, `{"by":"1h"}`); got.status != http.StatusConflict {
		t.Errorf("when it has failed: %d %s", got.status, got.body)
	}
	if d := ada.deployment(desk); d.EndsAt != nil || d.EndsBy != nil || d.ExpiresAt == nil {
		t.Errorf("when it has failed it ends at %v by %v", d.EndsAt, d.EndsBy)
	}
}

func TestABudgetIsShownWithWhatIsUsedOfIt(t *testing.T) {
	o := open(t)
	ada := o.user("ada@example.org")
	law := ada.ask("POST", "/api/constitutions", quoted("---\nlifetime: {budget: 0.08}\n---\n# Desk\n")).field(t, "id")
	desk := ada.deploy(law)
	o.work(func(row *store.Row) { row.OrderedAt = time.Now().Add(-4 * time.Hour) }) // for a cent an hour
	d := ada.deployment(desk)
	if d.Budget == nil || d.Budget.Limit != 0.08 || d.Budget.Percent != 50 || d.Budget.Spent < 0.0399 {
		t.Errorf("budget %+v", d.Budget)
	}
	if d.EndsBy == nil || *d.EndsBy != dictumal.ClauseBudget || !d.EndsAt.Before(*d.ExpiresAt) {
		t.Errorf("it ends at %v by %v", d.EndsAt, d.EndsBy)
	}
	if got := ada.ask("POST", "/api/deployments/"+desk+"/extend", `{"by":"1h"}`); got.status != http.StatusConflict || !strings.Contains(got.body, "lifetime.budget") {
		t.Errorf("an extension of it: %d %s", got.status, got.body)
	}
}

func TestWhatFailedIsTriedAgainOnce(t *testing.T) {
	o := open(t)
	ada := o.user("ada@example.org")
	desk := ada.deploy(ada.constitution())
	path := "/api/deployments/" + desk + "/retry"
	if got := ada.ask("POST", path, ""); got.status != http.StatusConflict {
		t.Errorf("while it is being made: %d %s", got.status, got.body)
	}
	o.work(func(row *store.Row) { row.Status = dictumal.Errored })
	first, second := ada.ask("POST", path, ""), ada.ask("POST", path, "")
	if first.status != http.StatusCreated || second.status != http.StatusOK || first.field(t, "id") != second.field(t, "id") || first.field(t, "id") == desk {
		t.Errorf("answered %d %s, then %d %s", first.status, first.body, second.status, second.body)
	}
	if d := ada.deployment(desk); d.Status != dictumal.Destroying {
		t.Errorf("what failed is %s", d.Status)
	}
}

func TestSeveralAreDestroyedAtOnce(t *testing.T) {
	o := open(t)
	ada, bob := o.user("ada@example.org"), o.user("bob@example.org")
	law := ada.constitution()
	first, second, others := ada.deploy(law), ada.deploy(law), bob.deploy(bob.constitution())
	got := ada.ask("POST", "/api/deployments/destroy", `{"ids":["`+second+`","`+others+`","none","`+first+`"]}`)
	var results []api.Destruction
	if err := json.Unmarshal([]byte(got.body), &results); err != nil || got.status != http.StatusOK || len(results) != 4 {
		t.Fatalf("answered %d %s (%v)", got.status, got.body, err)
	}
	for i, id := range []string{second, others, "none", first} {
		switch r := results[i]; {
		case r.ID != id:
			t.Errorf("the answer at %d is about %s, want %s", i, r.ID, id)
		case id == first || id == second:
			if r.Error != nil || r.Status == nil || *r.Status != dictumal.Destroying {
				t.Errorf("%s: %+v", id, r)
			}
		case r.Status != nil || r.Error == nil || *r.Error != *results[1].Error || r.Error.Code != dictumal.CodeNotFound:
			t.Errorf("%s: %+v", id, r)
		}
	}
	if d := bob.deployment(others); d.Status != dictumal.Provisioning {
		t.Errorf("bob's is %s", d.Status)
	}
	for name, body := range map[string]string{"none": `{"ids":[]}`, "too many": `{"ids":["x"` + strings.Repeat(`,"x"`, 200) + `]}`, "no list": `{}`} {
		if got := ada.ask("POST", "/api/deployments/destroy", body); got.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
}

func TestSomeoneElsesLifetimeLooksMissing(t *testing.T) {
	o := open(t)
	ada, bob := o.user("ada@example.org"), o.user("bob@example.org")
	desk := ada.deploy(ada.constitution())
	for what, body := range map[string]string{"extend": `{"by":"1h"}`, "retry": ""} {
		others, missing := bob.ask("POST", "/api/deployments/"+desk+"/"+what, body), bob.ask("POST", "/api/deployments/none/"+what, body)
		if others.status != http.StatusNotFound || others.body != missing.body {
			t.Errorf("%s: someone else's = %d %s, missing = %d %s", what, others.status, others.body, missing.status, missing.body)
		}
		if nobody := (client{office: o}).ask("POST", "/api/deployments/"+desk+"/"+what, body); nobody.status != http.StatusUnauthorized {
			t.Errorf("%s: nobody gets %d, want 401", what, nobody.status)
		}
	}
	if nobody := (client{office: o}).ask("POST", "/api/deployments/destroy", `{"ids":["`+desk+`"]}`); nobody.status != http.StatusUnauthorized {
		t.Errorf("destroying several: nobody gets %d, want 401", nobody.status)
	}
}
