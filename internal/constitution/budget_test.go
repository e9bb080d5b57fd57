package constitution_test

import (
	"testing"

	"github.com/dictumal/dictumal/internal/constitution"
)

func TestABudgetIsAnAmountInWholeCents(t *testing.T) {
	for text, want := range map[string]float64{"none": 0, "5": 5, "7.50": 7.5, "'0.01'": 0.01, "10000": 10_000} {
		c, err := constitution.Parse("---\nlifetime: {budget: " + text + "}\n---\n# Desk\n")
		if err != nil || c.Policy.Lifetime.Budget != want {
			t.Errorf("%s is %v (%v), want %v", text, c.Policy.Lifetime.Budget, err, want)
		}
	}
}
