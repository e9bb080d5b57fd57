package control_test

import (
	"slices"
	"testing"

	"github.com/dictumal/dictumal"
)

func TestOfSeveralEachIsDestroyedOrSaysWhyNot(t *testing.T) {
	d := newDesk(t, "")
	d.granted("D1", dictumal.Active, dictumal.LifetimePolicy{})
	d.granted("D2", dictumal.Errored, dictumal.LifetimePolicy{})
	got, err := d.DestroyAll(t.Context(), ada, []string{"D2", "missing", "D1", "D1"})
	if err != nil || len(got) != 4 {
		t.Fatalf("%+v, %v", got, err)
	}
	for i, id := range []string{"D2", "missing", "D1", "D1"} {
		switch result := got[i]; {
		case result.ID != id:
			t.Errorf("the answer at %d is about %s", i, result.ID)
		case id == "missing" && dictumal.ErrorCode(result.Err) != dictumal.CodeNotFound:
			t.Errorf("what is missing is answered %v", result.Err)
		case id != "missing" && (result.Err != nil || result.Deployment.Status != dictumal.Destroying):
			t.Errorf("%s is %s, %v", id, result.Deployment.Status, result.Err)
		}
	}
}

func TestSomeoneElsesAndWhatIsMissingAreAnsweredAlike(t *testing.T) {
	d := newDesk(t, "")
	d.granted("D1", dictumal.Active, dictumal.LifetimePolicy{})
	got, err := d.DestroyAll(t.Context(), bob, []string{"D1", "missing"})
	if err != nil || got[0].Err == nil || got[0].Err.Error() != got[1].Err.Error() {
		t.Errorf("%+v, %v", got, err)
	}
	left, err := d.Deployment(t.Context(), ada, "D1")
	if err != nil || left.Status != dictumal.Active {
		t.Errorf("it is %s, %v", left.Status, err)
	}
}

func TestDestroyingSeveralHasItsBounds(t *testing.T) {
	d := newDesk(t, "")
	viewer := ada
	viewer.OnlyDesktop = "D1"
	for _, test := range []struct {
		name string
		who  dictumal.Principal
		ids  []string
		want dictumal.Code
	}{
		{"none", ada, nil, dictumal.CodeInvalid},
		{"too many", ada, slices.Repeat([]string{"D1"}, 201), dictumal.CodeInvalid},
		{"for one desktop only", viewer, []string{"D1"}, dictumal.CodeForbidden},
	} {
		if _, err := d.DestroyAll(t.Context(), test.who, test.ids); dictumal.ErrorCode(err) != test.want {
			t.Errorf("%s: %v, want %s", test.name, err, test.want)
		}
	}
	if got, err := d.DestroyAll(t.Context(), ada, slices.Repeat([]string{"D1"}, 200)); err != nil || len(got) != 200 {
		t.Errorf("200: %d, %v", len(got), err)
	}
}

func TestWhoeverSeesADesktopLearnsWhyItEnded(t *testing.T) {
	d := newDesk(t, "")
	d.granted("D1", dictumal.Active, dictumal.LifetimePolicy{})
	viewer, other := ada, dictumal.Principal{User: dictumal.User{ID: "bob"}, Session: "s"}
	viewer.OnlyDesktop = "D1"
	if _, why, err := d.Desktop(t.Context(), viewer, "D1"); err != nil || why != "" {
		t.Errorf("before its end: %q, %v", why, err)
	}
	if _, err := d.Destroy(t.Context(), ada, "D1"); err != nil {
		t.Fatal(err)
	}
	if _, why, err := d.Desktop(t.Context(), viewer, "D1"); err != nil || why != "Destroy was asked for by ada@example.org." {
		t.Errorf("after its end: %q, %v", why, err)
	}
	if _, why, err := d.Desktop(t.Context(), other, "D1"); dictumal.ErrorCode(err) != dictumal.CodeNotFound || why != "" {
		t.Errorf("somebody else learns %q, %v", why, err)
	}
}
