package dictumal_test

import (
	"testing"
	"time"

	"github.com/dictumal/dictumal"
)

func TestEveryFieldOfADeedIsInItsChain(t *testing.T) {
	deed := dictumal.Deed{
		Number: 7, At: time.UnixMicro(1_800_000_000_000_001), Actor: "u1", Email: "ada@example.org", Via: dictumal.ViaSession, From: "192.0.2.1",
		Action: "deployment.destroy", Object: "D1", Result: dictumal.ResultDone, Detail: "Gone.",
	}
	whole := deed.Chain("before")
	if again := deed.Chain("before"); again != whole || len(whole) != 64 {
		t.Errorf("the chain is %q, and then %q", whole, again)
	}
	for name, change := range map[string]func(d *dictumal.Deed){
		"number":             func(d *dictumal.Deed) { d.Number++ },
		"time":               func(d *dictumal.Deed) { d.At = d.At.Add(time.Microsecond) },
		"actor":              func(d *dictumal.Deed) { d.Actor = "u2" },
		"email":              func(d *dictumal.Deed) { d.Email = "bob@example.org" },
		"way in":             func(d *dictumal.Deed) { d.Via = dictumal.ViaToken },
		"address":            func(d *dictumal.Deed) { d.From = "192.0.2.2" },
		"action":             func(d *dictumal.Deed) { d.Action = "deployment.extend" },
		"object":             func(d *dictumal.Deed) { d.Object = "D2" },
		"result":             func(d *dictumal.Deed) { d.Result = dictumal.ResultRefused },
		"detail":             func(d *dictumal.Deed) { d.Detail = "" },
		"border of two":      func(d *dictumal.Deed) { d.Actor, d.Email = "u1a", "da@example.org" },
		"border of the last": func(d *dictumal.Deed) { d.Result, d.Detail = "don", "eGone." },
	} {
		other := deed
		change(&other)
		if other.Chain("before") == whole {
			t.Errorf("with another %s the chain is the same", name)
		}
	}
	if deed.Chain("after") == whole {
		t.Error("after another line the chain is the same")
	}
}
