package app_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal/internal/app"
	"github.com/dictumal/dictumal/internal/certificate/certificatetest"
	"github.com/dictumal/dictumal/internal/config"
)

func TestDoctorLooksAtTheCertificate(t *testing.T) {
	made := certificatetest.Usual(t, 1, "desktops.example.org")
	cfg := config.Config{URL: &url.URL{Scheme: "https", Host: "desktops.example.org:8443"}}
	if found := app.ExamineCertificate(cfg, time.Now()); len(found) != 0 {
		t.Errorf("where none is named, it finds %v", found)
	}
	cfg.TLSCert, cfg.TLSKey = made.Files(t)
	for _, test := range []struct {
		name string
		now  time.Time
		ok   bool
		want string
	}{
		{"a good one", time.Now(), true, "good until "},
		{"one that ends soon", time.Now().AddDate(1, 0, -3), false, "The certificate expires on "},
		{"one that has ended", time.Now().AddDate(2, 0, 0), false, "The certificate has expired on "},
	} {
		found := app.ExamineCertificate(cfg, test.now)
		if len(found) != 1 || found[0].OK != test.ok || !strings.HasPrefix(found[0].Detail, test.want) {
			t.Errorf("%s: %+v", test.name, found)
		}
	}
	cfg.TLSKey = cfg.TLSCert
	if found := app.ExamineCertificate(cfg, time.Now()); len(found) != 1 || found[0].OK || !strings.Contains(found[0].Detail, "there is no private key") {
		t.Errorf("a file that holds no key: %+v", found)
	}
}
