package certificate

import (
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal/internal/certificate/certificatetest"
)

func TestACertificateIsWorriedAboutBeforeBrowsersAre(t *testing.T) {
	const host, day = "desktops.example.org", 24 * time.Hour
	now := time.Now()
	for _, test := range []struct {
		name        string
		from, until time.Duration // from now
		hosts       []string
		want        string
	}{
		{"fresh, of 90 days", -day, 89 * day, []string{host}, ""},
		{"of 90 days, in its last fortnight", -77 * day, 13 * day, []string{host}, "The certificate expires on "},
		{"fresh, of six days", -day, 5 * day, []string{host}, ""},
		{"of six days, on its last", -5 * day, day, []string{host}, "The certificate expires on "},
		{"of a year, a month before its end", -335 * day, 30 * day, []string{host}, ""},
		{"expired", -90 * day, -time.Minute, []string{host}, "The certificate has expired on "},
		{"not yet good", time.Hour, 90 * day, []string{host}, "The certificate begins to hold on "},
		{"of another host", -day, 89 * day, []string{"example.org", "www.example.org"}, "The certificate is for example.org and 1 more and not for desktops.example.org"},
		{"of no host", -day, 89 * day, nil, "The certificate is for no host and not for "},
		{"of all hosts there", -day, 89 * day, []string{"*.example.org"}, ""},
	} {
		leaf := certificatetest.Make(t, 1, now.Add(test.from), now.Add(test.until), test.hosts...).Leaf(t)
		if got := Worry(leaf, host, now); !strings.HasPrefix(got, test.want) || test.want == "" && got != "" {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
