package control_test

import (
	"strings"
	"testing"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/control"
)

func TestABudgetMustPayForMoreThanTheMakingOfAMachine(t *testing.T) {
	for _, test := range []struct{ name, budget, size, want string }{
		{"one that lasts for hours", "1", "large", ""},
		{"one that lasts for 12 minutes", "0.02", "large", ""},
		{"one that lasts for 6 minutes", "0.01", "large", "lifetime.budget: $0.01 would be used up after 6 minutes, since size large costs $0.100 an hour; choose a smaller size"},
		{"the same one on a smaller size", "0.01", "small", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDesk(t, "")
			law, err := d.CreateConstitution(t.Context(), ada, "---\nlifetime: {budget: "+test.budget+"}\n---\n# Desk\n")
			if err != nil {
				t.Fatal(err)
			}
			made, _, err := d.Deploy(t.Context(), ada, control.DeployRequest{ConstitutionID: law.ID, Size: test.size})
			switch {
			case test.want == "" && err != nil, test.want != "" && dictumal.ErrorCode(err) != dictumal.CodeInvalid:
				t.Errorf("deployed %q, %v", made.ID, err)
			case test.want != "" && !strings.Contains(err.Error(), test.want):
				t.Errorf("error = %q", err)
			}
		})
	}
}
