package control_test

import (
	"testing"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/control"
)

func TestAnAdminReadsSomebodyElsesConstitutionWhileItGoverns(t *testing.T) {
	d := newDesk(t, "")
	law, err := d.CreateConstitution(t.Context(), ada, "# Desk\n")
	if err != nil {
		t.Fatal(err)
	}
	second, err := d.UpdateConstitution(t.Context(), ada, law.ID, "# Another desk\n", "")
	if err != nil {
		t.Fatal(err)
	}
	look := func(version int) dictumal.Code {
		_, err := d.Constitution(t.Context(), root, law.ID, version)
		if err == nil {
			return ""
		}
		return dictumal.ErrorCode(err)
	}
	if code := look(1); code != dictumal.CodeNotFound {
		t.Errorf("what governs nothing is answered %q", code)
	}
	made, _, err := d.Deploy(t.Context(), ada, control.DeployRequest{ConstitutionID: law.ID, Version: 1})
	if err != nil {
		t.Fatal(err)
	}
	if code := look(1); code != "" {
		t.Errorf("what governs is answered %q", code)
	}
	if code := look(second.Version); code != dictumal.CodeNotFound {
		t.Errorf("another version is answered %q", code)
	}
	if _, _, err := d.Deploy(t.Context(), root, control.DeployRequest{ConstitutionID: law.ID, Version: 1}); dictumal.ErrorCode(err) != dictumal.CodeForbidden {
		t.Errorf("an admin deploys it: %v", err)
	}
	if _, err := d.Destroy(t.Context(), ada, made.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Forget(t.Context(), root, made.ID); err != nil {
		t.Fatal(err)
	}
	if code := look(1); code != dictumal.CodeNotFound {
		t.Errorf("what has governed is answered %q", code)
	}
}

// A token that was made to look at one's own sees nobody else's, whosever it is.
func TestAnAdminsTokenIsAnAdminsWithItsScopeOnly(t *testing.T) {
	d := newDesk(t, "")
	d.native("D1", everything)
	token := func(scopes ...dictumal.Scope) dictumal.Principal {
		return dictumal.Principal{User: root.User, Token: "T", Scopes: scopes}
	}
	for _, test := range []struct {
		name string
		who  dictumal.Principal
		want dictumal.Code
	}{
		{"with all but the scope", token(dictumal.ScopeRead, dictumal.ScopeDeploy, dictumal.ScopeLaunch), dictumal.CodeNotFound},
		{"with the scope", token(dictumal.ScopeAdmin), ""},
		{"with none for looking", token(dictumal.ScopeLaunch), dictumal.CodeForbidden},
	} {
		_, err := d.Deployment(t.Context(), test.who, "D1")
		if code := dictumal.ErrorCode(err); err != nil && code != test.want || err == nil && test.want != "" {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
}

func TestAnAdminWithAGrantOpensByTheGrant(t *testing.T) {
	d := newDesk(t, "")
	d.native("D1", everything)
	if _, err := d.Open(t.Context(), root, "D1"); dictumal.ErrorCode(err) != dictumal.CodeForbidden {
		t.Errorf("an admin opens what is somebody else's: %v", err)
	}
	d.share("D1", root.User.Email, dictumal.ControlViewOnly)
	view, err := d.Open(t.Context(), root, "D1")
	if err != nil || view.Rights.Control != dictumal.ControlViewOnly {
		t.Errorf("an admin opens what is shared with them with %+v, %v", view.Rights, err)
	}
	if _, err := d.Timeline(t.Context(), root, "D1"); err != nil {
		t.Errorf("an admin with a grant sees less than without: %v", err)
	}
}
