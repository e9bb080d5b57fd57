package dictumal_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/dictumal/dictumal"
)

// TestARefusedDeedKeepsNothingThatWasTyped refuses requests into which somebody has
// typed a password: the audit log keeps its lines for ever.
func TestARefusedDeedKeepsNothingThatWasTyped(t *testing.T) {
	const password = "Tr0ub4dor&3"
	for name, err := range map[string]error{
		"not valid":    dictumal.Invalid(dictumal.Fault{Location: password, Message: password + " is no region."}),
		"not readable": dictumal.NewError(dictumal.CodeMalformed, "There is no field "+password+"."),
		"not there":    dictumal.ErrNotFound,
		"broken":       errors.New("the row " + password + " is damaged"),
	} {
		d := dictumal.Principal{}.Deed("deployment.destroy", password, err)
		if d.Object != "" || strings.Contains(d.Detail, password) || d.Detail == "" || d.Result == dictumal.ResultDone {
			t.Errorf("%s: %+v", name, d)
		}
	}
	for _, object := range []string{"01M80TGGFB05VVSWRFQQDJ2VZ8", "oidc"} {
		if d := (dictumal.Principal{}).Deed("deployment.destroy", object, dictumal.ErrNotFound); d.Object != object {
			t.Errorf("the object %s is not written down: %+v", object, d)
		}
	}
	if d := (dictumal.Principal{}).Deed("grant.create", password, nil); d.Object != password {
		t.Errorf("of what was done the object is not written down: %+v", d)
	}
}
