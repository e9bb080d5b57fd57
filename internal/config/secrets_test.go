package config_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/dictumal/dictumal/internal/config"
)

// TestEverySecretOfTheConfigurationIsListed fails for a new field whose name says
// that it is secret and that nobody has added.
func TestEverySecretOfTheConfigurationIsListed(t *testing.T) {
	var c config.Config
	want := fill(reflect.ValueOf(&c).Elem())
	if len(want) < 2 {
		t.Fatalf("found only %v", want)
	}
	for _, name := range want {
		if !slices.Contains(c.Secrets(), name) {
			t.Errorf("%s is not among the secrets", name)
		}
	}
}

// fill sets each secret to its own name.
func fill(of reflect.Value) (names []string) {
	for i := range of.NumField() {
		field, name := of.Field(i), of.Type().Field(i).Name
		switch {
		case field.Kind() == reflect.Struct:
			names = append(names, fill(field)...)
		case !strings.HasSuffix(name, "Secret") && !strings.HasSuffix(name, "Token") && !strings.HasSuffix(name, "Password"):
		case field.Kind() == reflect.String:
			field.SetString(name)
			names = append(names, name)
		default:
			field.SetBytes([]byte(name))
			names = append(names, name)
		}
	}
	return names
}
