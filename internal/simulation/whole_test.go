//go:build !mutants

package simulation_test

import (
	"reflect"
	"testing"

	"github.com/dictumal/dictumal/internal/reconcile"
	"github.com/dictumal/dictumal/internal/store"
)

// TestNoDefenceCanBeSwitchedOffInWhatPeopleRun looks for the switch that a build with
// the tag mutants has.
func TestNoDefenceCanBeSwitchedOffInWhatPeopleRun(t *testing.T) {
	for _, of := range []reflect.Type{reflect.TypeFor[reconcile.Options](), reflect.TypeFor[store.Order]()} {
		if _, ok := of.FieldByName("Without"); ok {
			t.Errorf("%s has a switch", of)
		}
		if weakness, ok := of.FieldByName("weakness"); !ok || weakness.Type.Size() != 0 {
			t.Errorf("%s has %v, want a weakness that is nothing", of, weakness.Type)
		}
	}
	if _, ok := reflect.TypeFor[*store.Store]().MethodByName("Unfenced"); ok {
		t.Error("a worker that was overtaken can be passed off as one that was not")
	}
}
