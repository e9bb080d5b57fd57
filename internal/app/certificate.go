package app

import (
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/certificate"
	"github.com/dictumal/dictumal/internal/config"
	"github.com/dictumal/dictumal/internal/host"
)

// ExamineCertificate looks whether browsers will take the certificate that the
// configuration names; it finds nothing where it names none.
func ExamineCertificate(cfg config.Config, now time.Time) []host.Finding {
	if cfg.TLSCert == "" {
		return nil
	}
	pair, err := certificate.Files{Certificate: cfg.TLSCert, Key: cfg.TLSKey}.Load()
	if err != nil {
		return []host.Finding{{Name: "certificate", Detail: dictumal.ErrorMessage(err)}}
	}
	if worry := certificate.Worry(pair.Leaf, cfg.URL.Hostname(), now); worry != "" {
		return []host.Finding{{Name: "certificate", Detail: worry}}
	}
	return []host.Finding{{Name: "certificate", OK: true, Detail: "good until " + pair.Leaf.NotAfter.UTC().Format(time.DateOnly)}}
}
