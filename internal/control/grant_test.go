package control_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/control"
)

// eve has signed in with the address that ada shares with.
var eve = dictumal.Principal{User: dictumal.User{ID: "eve", Email: "Eve@example.org"}, Session: "s"}

var everything = dictumal.StreamPolicy{Control: dictumal.ControlFull, Clipboard: dictumal.ClipboardBoth}

func TestWhoeverHasTheAddressSeesTheDesktopAndNothingElseOfIt(t *testing.T) {
	d := newDesk(t, "")
	row := d.active("D1", "192.0.2.1", everything)
	d.share("D1", "eve@example.org", dictumal.ControlViewOnly)
	got, err := d.Deployment(t.Context(), eve, "D1")
	if err != nil {
		t.Fatal(err)
	}
	want := dictumal.Deployment{
		ID: "D1", Status: dictumal.Active, Stream: dictumal.Guacamole, Constitution: dictumal.ConstitutionRef{Title: "Desk"},
		Policy:    dictumal.Policy{Stream: dictumal.StreamPolicy{Control: dictumal.ControlViewOnly, Clipboard: dictumal.ClipboardCopy}},
		Progress:  dictumal.Progress{Stage: row.Progress.Stage},
		CreatedAt: got.CreatedAt, ActiveAt: got.ActiveAt, ExpiresAt: got.ExpiresAt,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("a viewer sees (-want +got):\n%s", diff)
	}
	shared, err := d.Shared(t.Context(), eve)
	if err != nil || len(shared) != 1 || cmp.Diff(want, shared[0]) != "" {
		t.Errorf("shared with eve is %+v, %v", shared, err)
	}
	if own, _, err := d.Deployments(t.Context(), eve, control.Page{}); err != nil || len(own) != 0 {
		t.Errorf("among eve's own are %+v, %v", own, err)
	}
}

func TestAViewerIsToldThatADesktopWasEndedAndNoMore(t *testing.T) {
	d := newDesk(t, "")
	d.active("D1", "192.0.2.1", everything)
	d.share("D1", "eve@example.org", dictumal.ControlViewOnly)
	if _, err := d.Destroy(t.Context(), ada, "D1"); err != nil {
		t.Fatal(err)
	}
	if _, why, err := d.Desktop(t.Context(), eve, "D1"); err != nil || why != "This desktop was ended." {
		t.Errorf("eve is told %q, %v", why, err)
	}
	if _, why, err := d.Desktop(t.Context(), ada, "D1"); err != nil || !strings.Contains(why, ada.User.Email) {
		t.Errorf("its owner is told %q, %v", why, err)
	}
}

func TestAViewerOpensTheDesktopByItsGrant(t *testing.T) {
	for _, test := range []struct {
		name   string
		policy dictumal.StreamPolicy
		grant  dictumal.Control
		want   dictumal.StreamPolicy
	}{
		{"to look", everything, "view-only", dictumal.StreamPolicy{Control: "view-only", Clipboard: "copy"}},
		{"to use", everything, "full", everything},
		{"as the constitution has it", dictumal.StreamPolicy{Control: "view-only", Clipboard: "paste"}, "", dictumal.StreamPolicy{Control: "view-only", Clipboard: "none"}},
		{"to use, with less of a clipboard", dictumal.StreamPolicy{Control: "full", Clipboard: "none"}, "full", dictumal.StreamPolicy{Control: "full", Clipboard: "none"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDesk(t, "")
			d.native("D1", test.policy)
			g := d.share("D1", "eve@example.org", test.grant)
			view, err := d.Open(t.Context(), eve, "D1")
			if err != nil || view.Rights != test.want || view.Grant.ID != g.ID || !view.Holds(t.Context()) {
				t.Fatalf("eve opens it with %+v, %v", view, err)
			}
			if err := d.Unshare(t.Context(), ada, "D1", g.ID); err != nil {
				t.Fatal(err)
			}
			if view.Holds(t.Context()) {
				t.Error("the grant holds though it is revoked")
			}
			own, err := d.Open(t.Context(), ada, "D1")
			if err != nil || own.Rights != test.policy || own.Grant.ID != "" || own.Holds != nil {
				t.Errorf("its owner opens it with %+v, %v", own, err)
			}
		})
	}
}

func TestAViewersTokenForTheMachineIsReadOnly(t *testing.T) {
	d := newDesk(t, "")
	d.active("D1", "192.0.2.1", everything)
	d.share("D1", "eve@example.org", dictumal.ControlViewOnly)
	_, login := d.launchAs(eve, "D1", "")
	for _, connection := range login.Connections {
		if connection.Parameters["read-only"] != "true" || connection.Parameters["disable-paste"] != "true" || connection.Parameters["disable-copy"] != "" {
			t.Errorf("the token says %+v", connection.Parameters)
		}
	}
	d.noted("D1", "Launched by Eve@example.org, at 192.0.2.1.")
}

func TestARevokedGrantEndsWhatIsOpenByItAndNothingElse(t *testing.T) {
	d := newDesk(t, "")
	d.native("D1", everything)
	var cut []string
	d.Cut = func(grant string, changed bool) { cut = append(cut, grant, map[bool]string{true: "changed"}[changed]) }
	first := d.share("D1", "eve@example.org", dictumal.ControlFull)
	d.share("D1", "bob@example.org", dictumal.ControlFull)
	if again, made, err := d.Share(t.Context(), ada, "D1", control.ShareRequest{Email: "EVE@example.org", Control: "full"}); err != nil || made || again != first {
		t.Errorf("sharing the same again made %v: %+v, %v", made, again, err)
	}
	second := d.share("D1", "eve@example.org", dictumal.ControlViewOnly)
	if err := d.Unshare(t.Context(), ada, "D1", second.ID); err != nil {
		t.Fatal(err)
	}
	if want := []string{first.ID, "changed", second.ID, ""}; !slices.Equal(cut, want) {
		t.Errorf("cut was %q, want %q", cut, want)
	}
	for _, id := range []string{first.ID, second.ID, "none"} {
		if err := d.Unshare(t.Context(), ada, "D1", id); dictumal.ErrorCode(err) != dictumal.CodeNotFound {
			t.Errorf("revoking %s answers %v", id, err)
		}
	}
	if _, err := d.Open(t.Context(), eve, "D1"); dictumal.ErrorCode(err) != dictumal.CodeNotFound {
		t.Errorf("eve opens it still: %v", err)
	}
	left, err := d.Grants(t.Context(), ada, "D1")
	if err != nil || len(left) != 1 || left[0].Email != "bob@example.org" {
		t.Errorf("left are %+v, %v", left, err)
	}
	d.noted("D1", "Shared with eve@example.org, to look at and use.")
	d.noted("D1", "Shared with eve@example.org, to look at.")
	d.noted("D1", "No longer shared with eve@example.org.")
}

func TestAGrantOfAnotherDesktopIsNotFound(t *testing.T) {
	d := newDesk(t, "")
	d.native("D1", everything)
	d.native("D2", everything)
	g := d.share("D1", "eve@example.org", dictumal.ControlFull)
	if err := d.Unshare(t.Context(), ada, "D2", g.ID); dictumal.ErrorCode(err) != dictumal.CodeNotFound {
		t.Errorf("it is revoked by way of another desktop: %v", err)
	}
	if _, err := d.Open(t.Context(), eve, "D2"); dictumal.ErrorCode(err) != dictumal.CodeNotFound {
		t.Errorf("a grant opens another desktop: %v", err)
	}
}

func TestEveryWrongWishToShareHasItsSentence(t *testing.T) {
	d := newDesk(t, "")
	d.native("D1", everything)
	d.native("D2", dictumal.StreamPolicy{Control: dictumal.ControlViewOnly, Clipboard: dictumal.ClipboardNone})
	d.granted("D3", dictumal.Destroying, dictumal.LifetimePolicy{})
	for _, test := range []struct {
		name, id, email string
		control         dictumal.Control
		want            string
	}{
		{"no address", "D1", "", "", "is not an e-mail address"},
		{"no address, but a name", "D1", "Eve <eve@example.org>", "", "is not an e-mail address"},
		{"several", "D1", "eve@example.org, bob@example.org", "", "is not an e-mail address"},
		{"long", "D1", strings.Repeat("e", 250) + "@example.org", "", "is not an e-mail address"},
		{"one's own", "D1", "ADA@example.org", "", "your own address"},
		{"an unknown right", "D1", "eve@example.org", "root", `Control "root" is not known`},
		{"more than the constitution allows", "D2", "eve@example.org", "full", "stream.control"},
		{"what is going", "D3", "eve@example.org", "", "not there any more"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := d.Share(t.Context(), ada, test.id, control.ShareRequest{Email: test.email, Control: test.control})
			if !strings.Contains(dictumal.ErrorMessage(err), test.want) {
				t.Errorf("answered %v, want %q", err, test.want)
			}
		})
	}
}

func TestADesktopIsSharedWithSoManyAndNoMore(t *testing.T) {
	d := newDesk(t, "")
	d.native("D1", everything)
	for i := range 50 {
		d.share("D1", strings.Repeat("e", i+1)+"@example.org", dictumal.ControlFull)
	}
	_, _, err := d.Share(t.Context(), ada, "D1", control.ShareRequest{Email: "one@more.org"})
	if dictumal.ErrorCode(err) != dictumal.CodeConflict {
		t.Errorf("one more is answered %v", err)
	}
	d.share("D1", "e@example.org", dictumal.ControlViewOnly) // takes the place of another
}

func TestSomebodyWithoutAnAddressHasNoGrants(t *testing.T) {
	d := newDesk(t, "")
	d.native("D1", everything)
	nobody := dictumal.Principal{User: dictumal.User{ID: "nobody"}, Session: "s"}
	if shared, err := d.Shared(t.Context(), nobody); err != nil || len(shared) != 0 {
		t.Errorf("shared with nobody is %+v, %v", shared, err)
	}
	if _, err := d.Open(t.Context(), nobody, "D1"); dictumal.ErrorCode(err) != dictumal.CodeNotFound {
		t.Errorf("nobody opens it: %v", err)
	}
}

func TestASessionForOneDesktopHasNoOtherThatIsShared(t *testing.T) {
	d := newDesk(t, "")
	d.native("D1", everything)
	d.native("D2", everything)
	d.share("D1", "eve@example.org", dictumal.ControlViewOnly)
	d.share("D2", "eve@example.org", dictumal.ControlFull)
	bound := eve
	bound.OnlyDesktop = "D1"
	if view, err := d.Open(t.Context(), bound, "D1"); err != nil || view.Rights.Control != dictumal.ControlViewOnly {
		t.Errorf("it opens its own with %+v, %v", view, err)
	}
	if _, err := d.Open(t.Context(), bound, "D2"); dictumal.ErrorCode(err) != dictumal.CodeNotFound {
		t.Errorf("it opens another: %v", err)
	}
}

// What is asked for is written down with what came of it, also where it was refused.
func TestWhateverIsAskedForIsWrittenDown(t *testing.T) {
	d := newDesk(t, "")
	var deeds []dictumal.Deed
	d.Audit = func(_ context.Context, deed dictumal.Deed) { deeds = append(deeds, deed) }
	law, err := d.CreateConstitution(t.Context(), ada, "# Desk\n")
	if err != nil {
		t.Fatal(err)
	}
	d.native("D1", everything)
	weak := ada
	weak.Session, weak.Token, weak.Scopes = "", "T", []dictumal.Scope{dictumal.ScopeLaunch}
	d.Sealer = nil // nothing may be asked of a machine below
	for _, do := range []func(context.Context) error{
		func(ctx context.Context) error {
			_, err := d.UpdateConstitution(ctx, ada, law.ID, "# Desk 2\n", "")
			return err
		},
		func(ctx context.Context) error { return d.DeleteConstitution(ctx, bob, law.ID) },
		func(ctx context.Context) error { _, err := d.Extend(ctx, ada, "D1", control.Extension{}); return err },
		func(ctx context.Context) error { _, err := d.Launch(ctx, bob, "D1", ""); return err },
		func(ctx context.Context) error { _, err := d.Open(ctx, root, "D1"); return err },
		func(ctx context.Context) error {
			_, _, err := d.Share(ctx, ada, "D1", control.ShareRequest{Email: "eve@example.org", Control: "view-only"})
			return err
		},
		func(ctx context.Context) error { return d.Unshare(ctx, weak, "D1", "none") },
		func(ctx context.Context) error { _, _, err := d.Retry(ctx, ada, "D1"); return err },
		func(ctx context.Context) error { _, err := d.Destroy(ctx, root, "D1"); return err },
		func(ctx context.Context) error { _, err := d.Forget(ctx, ada, "D1"); return err },
		func(ctx context.Context) error { _, err := d.ConfirmSweep(ctx, bob); return err },
	} {
		_ = do(t.Context()) // what came of it is in the deed
	}
	type entry struct {
		action, actor, object string
		result                dictumal.Result
	}
	var got []entry
	for _, deed := range deeds {
		got = append(got, entry{deed.Action, deed.Actor, deed.Object, deed.Result})
	}
	want := []entry{
		{"constitution.create", "ada", law.ID, dictumal.ResultDone},
		{"constitution.update", "ada", law.ID, dictumal.ResultDone},
		{"constitution.delete", "bob", law.ID, dictumal.ResultRefused},
		{"deployment.extend", "ada", "D1", dictumal.ResultRefused},
		{"deployment.launch", "bob", "D1", dictumal.ResultRefused},
		{"deployment.open", "root", "D1", dictumal.ResultRefused},
		{"grant.create", "ada", "D1", dictumal.ResultDone},
		{"grant.revoke", "ada", "D1", dictumal.ResultRefused},
		{"deployment.retry", "ada", "D1", dictumal.ResultRefused},
		{"deployment.destroy", "root", "D1", dictumal.ResultDone},
		{"deployment.forget", "ada", "D1", dictumal.ResultRefused},
		{"machines.confirm-sweep", "bob", "", dictumal.ResultRefused},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(entry{})); diff != "" {
		t.Errorf("written down is (-want +got):\n%s", diff)
	}
	if deeds[6].Detail != "eve@example.org, view-only" {
		t.Errorf("of a grant it says %q", deeds[6].Detail)
	}
}

// Private

func (d *desk) share(id, email string, rights dictumal.Control) dictumal.Grant {
	d.t.Helper()
	g, made, err := d.Share(d.t.Context(), ada, id, control.ShareRequest{Email: email, Control: rights})
	if err != nil || !made {
		d.t.Fatalf("shared: %v, %v", made, err)
	}
	return g
}

// native makes a desktop whose stream goes through this server.
func (d *desk) native(id string, policy dictumal.StreamPolicy) {
	d.t.Helper()
	row := d.active(id, "192.0.2.1", policy)
	key, err := d.Sealer.Seal([]byte("key"), row.ClientKeyContext())
	if err != nil {
		d.t.Fatal(err)
	}
	row.ClientKey, row.HostPublic = key, "ssh-ed25519 key"
	d.save(row)
}
