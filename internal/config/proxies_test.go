package config_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dictumal/dictumal/internal/config"
)

func TestProxiesAreTrustedWhereTheyAreNamed(t *testing.T) {
	got, err := config.Load([]string{"DICTUMAL_TRUSTED_PROXIES=127.0.0.1, ::1,10.1.2.3/16"}, "")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"127.0.0.1/32", "::1/128", "10.1.0.0/16"}
	var have []string
	for _, network := range got.TrustedProxies {
		have = append(have, network.String())
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("trusted (-want +got):\n%s", diff)
	}
	if none, err := config.Load(nil, ""); err != nil || len(none.TrustedProxies) != 0 {
		t.Errorf("unless told, %v are trusted (%v)", none.TrustedProxies, err)
	}
}

func TestNobodyTrustsEverybody(t *testing.T) {
	for text, want := range map[string]string{
		"0.0.0.0/0":         "everybody",
		"::/0":              "everybody",
		"proxy.example.org": "must list addresses",
		"10.0.0.0/33":       "must list addresses",
		"127.0.0.1:80":      "must list addresses",
	} {
		_, err := config.Load([]string{"DICTUMAL_TRUSTED_PROXIES=" + text}, "")
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "DICTUMAL_TRUSTED_PROXIES holds ") {
			t.Errorf("%s: %v, want a sentence with %q", text, err, want)
		}
	}
}
