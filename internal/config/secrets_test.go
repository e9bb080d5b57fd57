package config_test

import (
	"reflect"
	"regexp"
	"slices"
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

var secretName = regexp.MustCompile(`Secret|Token|Password`)

// fill sets each secret to its own name.
func fill(of reflect.Value) (names []string) {
	for i := range of.NumField() {
		field, name := of.Field(i), of.Type().Field(i).Name
		switch {
		case field.Kind() == reflect.Struct:
			names = append(names, fill(field)...)
		case field.Kind() == reflect.Slice && field.Type().Elem().Kind() == reflect.Struct:
			field.Set(reflect.MakeSlice(field.Type(), 1, 1))
			names = append(names, fill(field.Index(0))...)
		case !secretName.MatchString(name):
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
